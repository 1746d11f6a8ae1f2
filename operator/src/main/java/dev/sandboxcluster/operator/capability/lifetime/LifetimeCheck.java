package dev.sandboxcluster.operator.capability.lifetime;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.time.Instant;
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
        Optional<LifetimeSettings.Expiry> expiry = settings.expiry();
        Optional<LifetimeSettings.Expiry> over = expiry.filter(end -> !now.isBefore(end.at()));
        Outcome<Life> life = Outcome.of(new Life(
                        expiry.map(LifetimeSettings.Expiry::at),
                        over.filter(end -> !end.suspend()).isPresent(),
                        settings.suspended() || over.isPresent()))
                .lookingAgain(expiry.stream()
                        .flatMap(end -> Stream.of(end.announceAt(), end.at()))
                        .filter(moment -> moment.isAfter(now))
                        .findFirst());
        return expiry.flatMap(end -> verdict(end, now))
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
            return Optional.of(
                    Verdict.holds(
                            Reason.EXPIRES_SOON,
                            "The cluster is " + (end.suspend() ? "stopped" : "deleted") + " at " + end.at()
                                    + ". Raise spec.lifetime.ttl, or set spec.lifetime.expiresAt to later, to extend its life"));
        }
        return Optional.of(Verdict.holds(
                Reason.EXPIRED,
                "The cluster's life ended at " + end.at()
                        + (end.suspend()
                                ? ", and it is stopped. Raise spec.lifetime.ttl, or set spec.lifetime.expiresAt to later,"
                                        + " and it is started again"
                                : ", and it is deleted")));
    }
}
