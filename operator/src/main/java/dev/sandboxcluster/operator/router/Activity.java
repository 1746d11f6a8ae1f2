package dev.sandboxcluster.operator.router;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Who uses one sandbox, and what is to be said of it when. One thread asks it, and tells it the time. */
final class Activity {

    /** After that, a demand that was written and is not seen was overwritten by another router. */
    private static final Duration SEEN_AGAIN = Duration.ofSeconds(2);

    private static final Duration FIRST_BACKOFF = Duration.ofMillis(250);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);

    /**
     * The operator takes for idle what was said last two such times ago, and no sooner than after 10 s, and stops it a second
     * later; but it reads whole seconds, and who is unseen is looked for once a second: that is another second to spare.
     */
    private static final Duration A_LITTLE_LESS = Duration.ofSeconds(2);

    private static final Duration SHORTEST_IDLENESS = Duration.ofSeconds(10);

    private int connections;
    private Instant busySince = Instant.MIN;
    private Optional<Instant> unsaidSince = Optional.empty();
    private boolean endUnsaid;
    private Instant lastUsed = Instant.MIN;
    private Instant lastSaid;
    private OptionalLong lastDemand = OptionalLong.empty();
    private Instant lastDemandSaid = Instant.MIN;
    private boolean writing;
    private Duration backoff = Duration.ZERO;
    private Instant notBefore = Instant.MIN;

    void opened(Instant now) {
        busySince = connections == 0 ? now : busySince;
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
        Optional<Report> report = unsaid(route, now);
        unsaidSince = report.flatMap(any -> unsaidSince.or(() -> Optional.of(now)));
        return report;
    }

    private Optional<Report> unsaid(Route route, Instant now) {
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

    /** Since when something has been due; empty: all is said, by this router or another. */
    Optional<Instant> unsaidSince() {
        return unsaidSince;
    }

    /**
     * Whether those who are connected are about to be taken for nobody, for nothing can be said of them: they are
     * disconnected before the sandbox is stopped under them, as who holds a lease that can't be renewed lets go in time.
     */
    boolean unseen(Route route, Instant now) {
        Duration idle = route.reportEvery().multipliedBy(2);
        Duration bound = (idle.compareTo(SHORTEST_IDLENESS) < 0 ? SHORTEST_IDLENESS : idle).minus(A_LITTLE_LESS);
        Instant known = Stream.of(Optional.of(busySince), Optional.ofNullable(lastSaid), route.lastUsedAt())
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return connections > 0 && unsaidSince.isPresent() && !now.isBefore(known.plus(bound));
    }

    /** It is written. */
    void written(Report report, Instant now) {
        writing = false;
        unsaidSince = Optional.empty();
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
