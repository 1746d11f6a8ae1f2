package dev.sandboxcluster.operator.sandbox.session;

import dev.sandboxcluster.operator.sandbox.TokenBucket;
import java.time.Duration;
import java.time.Instant;

/**
 * A sandbox's part of the threads on which all are looked after: a tenth of one in the long run, while others wait. What
 * it took when nobody waited is no debt: a machine that is busy makes every pass long.
 */
final class ThreadShare {

    /** Nobody is woken when the others no longer wait. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    private final TokenBucket seconds = new TokenBucket(20, 0.1);

    /** Counts a pass. */
    void take(Duration pass, boolean othersWait, Instant now) {
        if (othersWait) {
            seconds.take(pass.toMillis() / 1000.0, now);
        }
    }

    /** How long to leave the threads to others. */
    Duration pause(boolean othersWait, Instant now) {
        Duration due = othersWait ? seconds.wait(now) : Duration.ZERO;
        return due.compareTo(LONGEST_PAUSE) < 0 ? due : LONGEST_PAUSE;
    }
}
