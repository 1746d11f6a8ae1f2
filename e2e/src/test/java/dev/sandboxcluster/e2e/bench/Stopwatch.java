package dev.sandboxcluster.e2e.bench;

/**
 * Counts from when it was started.
 *
 * @param started as of {@link System#nanoTime}
 */
record Stopwatch(long started) {

    static Stopwatch start() {
        return new Stopwatch(System.nanoTime());
    }

    double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }
}
