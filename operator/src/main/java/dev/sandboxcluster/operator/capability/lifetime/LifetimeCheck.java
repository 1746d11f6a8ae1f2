package dev.sandboxcluster.operator.capability.lifetime;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether a sandbox's time is over, or soon. */
public final class LifetimeCheck {

    private LifetimeCheck() {}

    /**
     * The verdict on {@code Expiring}, where there is one; pure.
     *
     * @param now by the host cluster's clock
     */
    public static Outcome<Life> check(LifetimeSettings settings, Instant now) {
        List<LifetimeSettings.Expiry> over =
                settings.ends().stream().filter(end -> !now.isBefore(end.at())).toList();
        Optional<LifetimeSettings.Expiry> deleted =
                over.stream().filter(end -> !end.suspend()).findFirst();
        Outcome<Life> life = Outcome.of(new Life(
                        // What depends on use is none that may be counted on.
                        settings.expiry().map(LifetimeSettings.Expiry::at),
                        deleted.isPresent(),
                        settings.suspended() || !over.isEmpty()))
                .lookingAgain(settings.ends().stream()
                        .flatMap(end -> Stream.of(end.announceAt(), end.at()))
                        .filter(moment -> moment.isAfter(now))
                        .min(Comparator.naturalOrder()));
        return Stream.concat(deleted.stream(), settings.ends().stream())
                .flatMap(end -> verdict(end, now).stream())
                .findFirst()
                .map(verdict -> life.reporting(ConditionType.Expiring, verdict))
                .orElse(life);
    }

    /** What is said of a sandbox that the host cluster keeps though its time is over; pure. */
    static Verdict refused(Verdict refusal) {
        return Verdict.holds(
                refusal.reason(),
                "The cluster's life is over, and the operator can't delete the SandboxCluster: " + refusal.message());
    }

    private static Optional<Verdict> verdict(LifetimeSettings.Expiry end, Instant now) {
        if (now.isBefore(end.announceAt())) {
            return Optional.empty();
        }
        if (now.isBefore(end.at())) {
            return Optional.of(Verdict.holds(
                    Reason.EXPIRES_SOON,
                    "The cluster is " + (end.suspend() ? "stopped" : "deleted") + " at " + end.at()
                            + (end.idle()
                                    ? ", for nobody uses it. Use it, or raise spec.lifetime.deleteAfterIdle"
                                    : ". Raise spec.lifetime.ttl, or set spec.lifetime.expiresAt to later, to extend"
                                            + " its life")));
        }
        return Optional.of(Verdict.holds(
                Reason.EXPIRED,
                "The cluster's life ended at " + end.at()
                        + (end.idle() ? ", for nobody used it" : "")
                        + (end.suspend()
                                ? ", and it is stopped. Raise spec.lifetime.ttl, or set spec.lifetime.expiresAt to later,"
                                        + " and it is started again"
                                : ", and it is deleted")));
    }
}
