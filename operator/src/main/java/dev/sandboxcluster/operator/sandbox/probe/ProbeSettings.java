package dev.sandboxcluster.operator.sandbox.probe;

import java.time.Duration;

/**
 * How often sandboxes are asked, and how long they may take to answer. Intervals run from the start of one attempt to
 * the start of the next and vary by {@link #jitter} to either side.
 *
 * @param starting interval while a sandbox starts, or right after it was lost
 * @param heartbeat interval while it is available; longer where there are very many, see {@link #among}
 * @param recheck interval after the first heartbeat that failed
 * @param fast how long {@code starting} applies; then the interval is a twentieth of the time for which the sandbox has
 *     been failing
 * @param slow the longest interval for one that fails; longer where there are very many
 * @param connectTimeout bound for the TCP connection, and again for the TLS handshake
 * @param attemptTimeout bound for an attempt as a whole
 * @param heartbeatTimeout bound for a heartbeat as a whole
 * @param stall how long nothing may have been written in a persistent sandbox before the operator finds out whether it
 *     could
 * @param heapLook how often to see how full an available sandbox's heap is
 * @param heapRecheck the same for one that was too full, and for the first time
 * @param messageInterval a failure of the same kind in other words is reported this often at most
 * @param attempts how many attempts may be under way at a time, further ones wait; one that has waited for the
 *     other side for {@code patience} no longer counts. An operator that starts sees all its
 *     sandboxes at once and would otherwise miss the bounds by its own doing
 * @param patience see {@code attempts}
 * @param slowFor how long one that was waited for in vain takes its turn among its like, apart from those that answer,
 *     or refuse, within {@code patience}
 */
public record ProbeSettings(
        Duration starting,
        Duration heartbeat,
        Duration recheck,
        Duration fast,
        Duration slow,
        Duration connectTimeout,
        Duration attemptTimeout,
        Duration heartbeatTimeout,
        Duration stall,
        Duration heapLook,
        Duration heapRecheck,
        Duration messageInterval,
        int attempts,
        Duration patience,
        Duration slowFor) {

    public static final ProbeSettings DEFAULT = new ProbeSettings(
            Duration.ofMillis(100),
            Duration.ofSeconds(10),
            Duration.ofMillis(500),
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            Duration.ofSeconds(20),
            Duration.ofMinutes(5),
            Duration.ofMinutes(1),
            Duration.ofSeconds(5),
            16,
            Duration.ofMillis(250),
            Duration.ofMinutes(1));

    private static final double JITTER = 0.2;
    private static final int SHARE = 20;
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(50);
    private static final Duration BETWEEN_VAIN_ATTEMPTS = Duration.ofMillis(100);

    /**
     * The interval where so many sandboxes are asked: attempts that can wait as long as a heartbeat are 20 a second at
     * most. What ends is seen at once nevertheless, by its pod; heartbeats find what hangs.
     */
    Duration among(int sandboxes, Duration interval) {
        Duration shared = BETWEEN_ATTEMPTS.multipliedBy(sandboxes);
        return interval.compareTo(heartbeat) < 0 || shared.compareTo(interval) < 0 ? interval : shared;
    }

    /**
     * The interval of one that has been failing for longer than {@code fast}, where so many do: attempts with them are 10 a
     * second at most.
     */
    Duration amongFailing(int sandboxes, Duration interval) {
        Duration shared = BETWEEN_VAIN_ATTEMPTS.multipliedBy(sandboxes);
        return shared.compareTo(interval) < 0 ? interval : shared;
    }

    /** Whether one that fails has been doing so for longer than {@code fast}, as its interval tells. */
    boolean lingers(Duration interval) {
        return interval.compareTo(starting) > 0;
    }

    /** The interval of one that has been failing for so long. */
    Duration growing(Duration failing) {
        Duration share = failing.dividedBy(SHARE);
        return failing.compareTo(fast) < 0 ? starting : share.compareTo(slow) < 0 ? share : slow;
    }

    /**
     * The interval, made longer or shorter.
     *
     * @param random from 0 to 1
     */
    static Duration jitter(Duration interval, double random) {
        return Duration.ofNanos((long) (interval.toNanos() * (1 - JITTER + 2 * JITTER * random)));
    }
}
