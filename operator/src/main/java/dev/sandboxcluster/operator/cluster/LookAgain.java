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
 * by an event, and most of what does not; what is stuck otherwise is looked at again, and what a stage expects has its time.
 */
public final class LookAgain {

    /** After this time everything is looked at again, whatever is expected: of 1,000 sandboxes, one every two seconds. */
    public static final Duration AT_THE_LATEST = Duration.ofMinutes(30);

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration UNTOLD = Duration.ofMinutes(2);
    private static final Duration UNCLEAR = Duration.ofMinutes(10);

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
                                stuck(status, now).flatMap(since -> pace(since, results)).map(now::plus).stream(),
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

    /**
     * Of what is stuck for a time, and would not say when it goes on, or why it does not: after as long again. Many
     * sandboxes that are stuck for long must not keep the operator busy.
     */
    private static Optional<Duration> pace(Duration stuck, Results results) {
        return results.isBarred()
                ? Optional.of(pace(stuck, UNTOLD))
                : Optional.of(pace(stuck, UNCLEAR)).filter(any -> results.isUnclear());
    }

    static Duration pace(Duration stuck, Duration longest) {
        return stuck.compareTo(SOON) < 0 ? SOON : stuck.compareTo(longest) < 0 ? stuck : longest;
    }

    private static Optional<Duration> stuck(SandboxClusterStatus status, Instant now) {
        return Stream.of(ConditionType.Ready, ConditionType.CredentialsReady, ConditionType.StorageReady)
                .flatMap(type -> Conditions.previous(status.conditions(), type).stream())
                .filter(condition -> !"True".equals(condition.getStatus()))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .map(since -> Duration.between(Instant.parse(since), now));
    }
}
