package dev.sandboxcluster.operator.capability.bootstrap.plan;

import dev.sandboxcluster.api.v1alpha1.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;

/** All that is to be applied, in order. Of the objects no more are there than those of one document. */
public record Bundle(List<ManifestText> texts) {

    /** What all texts together may have, in bytes of UTF-8. */
    public static final int MOST_BYTES = 1024 * 1024;

    /** How many objects there may be. */
    public static final int MOST_OBJECTS = 500;

    /**
     * How many objects it has, all of which were looked at.
     *
     * @throws InvalidManifestException if one is none, or it is too much
     */
    public int count() {
        long bytes = texts.stream()
                .mapToLong(text -> text.text().getBytes(StandardCharsets.UTF_8).length)
                .sum();
        if (bytes > MOST_BYTES) {
            throw tooLarge();
        }
        int count = 0;
        for (Iterator<Manifest> all = manifests(); all.hasNext(); all.next()) {
            count++;
            if (count > MOST_OBJECTS) {
                throw new InvalidManifestException(
                        Reason.BOOTSTRAP_INVALID,
                        "bootstrap.manifests have more than " + MOST_OBJECTS + " objects together");
            }
        }
        return count;
    }

    /** The texts have more than they may. */
    public static InvalidManifestException tooLarge() {
        return new InvalidManifestException(
                Reason.BOOTSTRAP_INVALID,
                "bootstrap.manifests have more than " + MOST_BYTES / 1024 + " KiB of text together");
    }

    /**
     * The objects, read when they are asked for.
     *
     * @throws InvalidManifestException if one is none, once it is reached
     */
    public Iterator<Manifest> manifests() {
        return new All(texts.iterator());
    }

    private static final class All implements Iterator<Manifest> {

        private final Iterator<ManifestText> left;
        private ManifestReader current = new ManifestReader(new ManifestText("", false, ""));

        All(Iterator<ManifestText> texts) {
            left = texts;
        }

        @Override
        public boolean hasNext() {
            while (!current.hasNext() && left.hasNext()) {
                current = new ManifestReader(left.next());
            }
            return current.hasNext();
        }

        @Override
        public Manifest next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return current.next();
        }
    }

    /**
     * By this the same content is known again. Who sees it in the sandbox can't try out what a short Secret says.
     *
     * @param salt that nobody in the sandbox knows
     */
    public String hash(String salt) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            Stream.concat(Stream.of(salt), texts.stream().flatMap(text -> Stream.of(text.where(), text.text())))
                    .map(part -> part.getBytes(StandardCharsets.UTF_8))
                    .forEach(part -> {
                        digest.update(ByteBuffer.allocate(Integer.BYTES)
                                .putInt(part.length)
                                .array());
                        digest.update(part);
                    });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
