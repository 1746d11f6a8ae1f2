package dev.sandboxcluster.operator.sandbox;

import java.time.Duration;
import java.time.Instant;

/** Lets something happen as often as it comes, up to a number, and then at a rate. Not for several threads at once. */
public final class TokenBucket {

    private final double capacity;
    private final double perSecond;

    private double tokens;
    private Instant at = Instant.MIN;

    /**
     * A full one.
     *
     * @param capacity how many tokens may be taken at once
     * @param perSecond how many come back in a second
     */
    public TokenBucket(double capacity, double perSecond) {
        this.capacity = capacity;
        this.perSecond = perSecond;
        this.tokens = capacity;
    }

    /** Takes tokens, also where there are too few: all must come back before the next is there. */
    public void take(double number, Instant now) {
        refill(now);
        tokens -= number;
    }

    /** How long until there are tokens; zero: there are. */
    public Duration wait(Instant now) {
        refill(now);
        return tokens > 0 ? Duration.ZERO : Duration.ofMillis((long) Math.ceil(1 - 1000 * tokens / perSecond));
    }

    private void refill(Instant now) {
        if (at.isBefore(now)) {
            double seconds =
                    at.equals(Instant.MIN) ? 0 : Duration.between(at, now).toMillis() / 1000.0;
            tokens = Math.min(capacity, tokens + seconds * perSecond);
            at = now;
        }
    }
}
