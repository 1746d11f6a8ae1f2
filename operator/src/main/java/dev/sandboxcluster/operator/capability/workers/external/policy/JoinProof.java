package dev.sandboxcluster.operator.capability.workers.external.policy;

import dev.sandboxcluster.operator.credentials.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Optional;

/**
 * By which a machine that joins with a k3s agent shows whose token it has: the value of a node label that only a holder
 * of the token can make, and that is of no use under another node's name.
 */
public final class JoinProof {

    /** With the token's id and a dot, below the 63 characters that a label may have. */
    private static final int HEX_DIGITS = 40;

    private JoinProof() {}

    /** The label's value: {@code <id>.<first 40 hex digits of sha256("<secret>:<node name>")>}. */
    public static String label(String tokenId, String tokenSecret, String nodeName) {
        return tokenId + "." + Sha256.hex(tokenSecret + ":" + nodeName).substring(0, HEX_DIGITS);
    }

    /**
     * The group of the token that the label was made with, for this node; nothing if it was made otherwise. Takes the
     * same time whatever the label says.
     */
    public static Optional<String> verify(String label, String nodeName, Collection<GroupToken> tokens) {
        byte[] shown = label.getBytes(StandardCharsets.UTF_8);
        Optional<String> group = Optional.empty();
        for (GroupToken token : tokens) {
            byte[] wanted = label(token.id(), token.secret(), nodeName).getBytes(StandardCharsets.UTF_8);
            if (MessageDigest.isEqual(wanted, shown)) {
                group = Optional.of(token.group());
            }
        }
        return group;
    }
}
