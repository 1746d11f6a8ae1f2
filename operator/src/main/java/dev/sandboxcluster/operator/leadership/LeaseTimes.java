package dev.sandboxcluster.operator.leadership;

import java.time.Duration;

/**
 * How long leading lasts. Between {@code lead} and {@code lease} a leader that is cut off ends what it has under way,
 * before another one begins.
 *
 * @param lease after this time without a renewal another one may take the Lease
 * @param lead after this time without a renewal the leader stops
 * @param retry from one renewal, or look, to the next
 * @param request how long one may take
 */
public record LeaseTimes(Duration lease, Duration lead, Duration retry, Duration request) {

    /** Another one leads 12 s after the last renewal of one that was killed, 14 s on a bad day. */
    public static final LeaseTimes DEFAULT =
            new LeaseTimes(Duration.ofSeconds(12), Duration.ofSeconds(8), Duration.ofSeconds(2), Duration.ofSeconds(3));
}
