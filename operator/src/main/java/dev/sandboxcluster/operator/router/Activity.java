package dev.sandboxcluster.operator.router;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** Who uses one sandbox, and what is to be said of it when. One thread asks it, and tells it the time. */
final class Activity {

    /** After that, a demand that was written and is not seen was overwritten by another router. */
    private static final Duration SEEN_AGAIN = Duration.ofSeconds(2);

    private static final Duration FIRST_BACKOFF = Duration.ofMillis(250);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);

    private int connections;
    private boolean endUnsaid;
    private Instant lastUsed = Instant.MIN;
    private Instant lastSaid;
    private OptionalLong lastDemand = OptionalLong.empty();
    private Instant lastDemandSaid = Instant.MIN;
    private boolean writing;
    private Duration backoff = Duration.ZERO;
    private Instant notBefore = Instant.MIN;

    void opened(Instant now) {
        connections++;
        lastUsed = now;
    }

    void closed(Instant now) {
        connections--;
        lastUsed = now;
        endUnsaid = connections == 0;
    }

    /** What is to be written now. */
    Optional<Report> due(Route route, Instant now) {
        if (writing || now.isBefore(notBefore)) {
            return Optional.empty();
        }
        boolean used = connections > 0;
        if (used && route.asleep() && !demanded(route, now)) {
            return Optional.of(new Report(now, OptionalLong.of(route.generation())));
        }
        Duration every = route.reportEvery();
        if (used ? saidBefore(every, route, now) : endUnsaid && saidBefore(every.dividedBy(2), route, now)) {
            return Optional.of(new Report(used ? now : lastUsed, OptionalLong.empty()));
        }
        return Optional.empty();
    }

    /** It is being written; until its outcome is known nothing else is due. */
    void writing() {
        writing = true;
    }

    /** It is written. */
    void written(Report report, Instant now) {
        writing = false;
        backoff = Duration.ZERO;
        lastSaid = report.lastUsedAt();
        endUnsaid = endUnsaid && lastUsed.isAfter(lastSaid);
        if (report.demandedGeneration().isPresent()) {
            lastDemand = report.demandedGeneration();
            lastDemandSaid = now;
        }
    }

    /**
     * It isn't written.
     *
     * @return after how long it may be tried again
     */
    Duration failed(Instant now) {
        writing = false;
        backoff = backoff.isZero() ? FIRST_BACKOFF : backoff.multipliedBy(2);
        if (backoff.compareTo(LONGEST_BACKOFF) > 0) {
            backoff = LONGEST_BACKOFF;
        }
        notBefore = now.plus(backoff);
        return backoff;
    }

    /** Whether nothing is left to say that a new one wouldn't say as well. */
    boolean over(Route route, Instant now) {
        if (connections > 0 || writing || now.isBefore(notBefore)) {
            return false;
        }
        // What was written may not be seen yet: forgotten now, it would be written again by the next who comes.
        boolean remembered = lastSaid != null && !apart(lastSaid, now, route.reportEvery());
        endUnsaid = endUnsaid && saidBefore(route.reportEvery().dividedBy(2), route, now);
        return !remembered && !endUnsaid;
    }

    private boolean demanded(Route route, Instant now) {
        boolean said = lastDemand.isPresent() && lastDemand.getAsLong() == route.generation();
        return route.demanded() || said && now.isBefore(lastDemandSaid.plus(SEEN_AGAIN));
    }

    private boolean saidBefore(Duration age, Route route, Instant now) {
        return (lastSaid == null || apart(lastSaid, now, age))
                && route.lastUsedAt().map(said -> apart(said, now, age)).orElse(true);
    }

    /** A clock that was put back must not silence it, so the future counts as the past does. */
    private static boolean apart(Instant said, Instant now, Duration age) {
        return Duration.between(said, now).abs().compareTo(age) >= 0;
    }
}
