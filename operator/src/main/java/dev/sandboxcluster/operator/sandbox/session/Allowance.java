package dev.sandboxcluster.operator.sandbox.session;

import java.time.Duration;

/**
 * What may be spent on a sandbox at a time, whatever it answers.
 *
 * @param time for all requests together
 * @param bytes of all answers together
 */
public record Allowance(Duration time, long bytes) {

    /** What there can be too much of. */
    public enum Limit {
        TIME,
        SIZE
    }
}
