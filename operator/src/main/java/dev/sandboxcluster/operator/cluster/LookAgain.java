package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.verdict.Conditions;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * When a SandboxCluster is to be reconciled again though nothing happens. Everything that goes well wakes the reconciler
 * by an event; what is stuck is looked at again, and what a stage expects has its time.
 */
public final class LookAgain {

    /** After this time everything is looked at again, whatever is expected. */
    public static final Duration AT_THE_LATEST = Duration.ofMinutes(10);

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration LATER = Duration.ofSeconds(15);
    private static final Duration STUCK_FOR_LONG = Duration.ofMinutes(1);

    private LookAgain() {}

    /**
     * The time from now; empty: {@link #AT_THE_LATEST}.
     *
     * @param compareAt when the status is to be compared with what the API server has; empty: that is done
     */
    static Optional<Duration> after(
            SandboxClusterStatus status, Results results, Optional<Instant> compareAt, Instant now) {
        return earliest(
                now,
                Stream.of(
                                stuck(status, now).map(now::plus).stream(),
                                compareAt.stream(),
                                results.all().flatMap(outcome -> outcome.lookAgain().stream()))
                        .flatMap(moments -> moments));
    }

    /** Of several moments; what is due is not looked at more often than what is stuck. */
    static Optional<Duration> earliest(Instant now, Stream<Instant> moments) {
        return moments.min(Comparator.naturalOrder())
                .map(moment -> Duration.between(now, moment))
                .map(wait -> wait.compareTo(SOON) < 0 ? SOON : wait)
                .filter(wait -> wait.compareTo(AT_THE_LATEST) < 0);
    }

    private static Optional<Duration> stuck(SandboxClusterStatus status, Instant now) {
        return Stream.of(ConditionType.Ready, ConditionType.CredentialsReady, ConditionType.StorageReady)
                .flatMap(type -> Conditions.previous(status.conditions(), type).stream())
                .filter(condition -> !"True".equals(condition.getStatus()))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .map(since -> Instant.parse(since).plus(STUCK_FOR_LONG).isAfter(now) ? SOON : LATER);
    }
}
