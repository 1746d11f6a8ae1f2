package dev.sandboxcluster.operator.capability.doze.plan;

import java.time.Instant;

/**
 * Looks in a row to which nobody answered.
 *
 * @param from when the first of them began
 * @param to when the last of them began
 * @param looks how many they are
 */
public record Silence(Instant from, Instant to, int looks) {

    /** The same with one more. */
    public Silence until(Instant next) {
        return new Silence(from, next, looks + 1);
    }
}
