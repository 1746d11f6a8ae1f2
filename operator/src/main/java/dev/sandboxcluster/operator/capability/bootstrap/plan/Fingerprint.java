package dev.sandboxcluster.operator.capability.bootstrap.plan;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** One hash of several parts: other parts, or the same ones cut elsewhere, have another. */
public final class Fingerprint {

    private final MessageDigest digest;

    /** Of nothing yet. */
    public Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Adds a text; null is as empty. */
    public Fingerprint add(String part) {
        return add(part == null ? new byte[0] : part.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds bytes. */
    public Fingerprint add(byte[] part) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
        digest.update(part);
        return this;
    }

    /** The SHA-256 of all, once. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
