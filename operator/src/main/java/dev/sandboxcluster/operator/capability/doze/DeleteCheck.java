package dev.sandboxcluster.operator.capability.doze;

import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** When a sandbox is deleted that nobody uses; pure. */
final class DeleteCheck {

    /** So long who uses it has the time to be seen by a router, or an operator, that was away; less where it ends sooner. */
    private static final Duration SEEN_FIRST = Duration.ofHours(1);

    private static final Misplaced MISPLACED = new Misplaced(
            "The cluster isn't deleted when it is idle",
            "deleteAfterIdle",
            "and the router doesn't see whether they do something");

    private DeleteCheck() {}

    /**
     * By the last connection; before the first one, by when the router got to know it; and by when its pod was made, which
     * somebody may have wanted. But not before it could be used, and seen, for some time: what was not looked at is not idle.
     * Empty: not as far as is known.
     */
    static Optional<Instant> at(DozeSettings settings, Situation situation, Known known) {
        Optional<Instant> knownSince = known.route()
                .map(route -> route.getMetadata().getCreationTimestamp())
                .map(Instant::parse);
        Optional<Instant> podMade = situation
                .pod()
                .map(pod -> pod.getMetadata().getCreationTimestamp())
                .map(Instant::parse);
        return settings.deleteAfter()
                .filter(any -> misplaced(settings).isEmpty())
                .filter(any -> known.route().isPresent())
                .flatMap(idle -> known.routedSince().flatMap(since -> Stream.of(
                                Stream.of(knownSince, podMade, known.lastUsedAt())
                                        .flatMap(Optional::stream)
                                        .map(used -> used.truncatedTo(ChronoUnit.MINUTES)
                                                .plus(idle)
                                                .plus(1, ChronoUnit.MINUTES)),
                                Stream.of(since.plus(idle.compareTo(SEEN_FIRST) < 0 ? idle : SEEN_FIRST)))
                        .flatMap(times -> times)
                        .max(Comparator.naturalOrder())));
    }

    /** Why it isn't deleted though the spec says so, and what is to be changed. */
    static Optional<Verdict> misplaced(DozeSettings settings) {
        return settings.deleteAfter().flatMap(any -> MISPLACED.check(settings));
    }
}
