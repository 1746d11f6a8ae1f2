package dev.sandboxcluster.operator.capability.bootstrap.plan;

import dev.sandboxcluster.api.v1alpha1.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * All that is to be applied, in order. Of the objects no more are there than those of one document.
 *
 * @param charts by what each chart that is to be installed is known again
 */
public record Bundle(List<ManifestText> texts, List<String> charts) {

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
        Fingerprint all = new Fingerprint().add(salt);
        texts.forEach(text -> all.add(text.where()).add(text.text()));
        charts.forEach(all::add);
        return all.hex();
    }

    /**
     * The first chart that isn't installed.
     *
     * @param salt as for the hash
     * @param beginning which no other beginning in this sandbox has
     * @param installed the ids of runs that came to an end
     */
    public Optional<ChartRun> next(String salt, String beginning, Set<String> installed) {
        return IntStream.range(0, charts.size())
                .mapToObj(i -> ChartRun.of(i, salt + " " + charts.get(i), beginning))
                .filter(run -> !installed.contains(run.id()))
                .findFirst();
    }
}
