package dev.sandboxcluster.operator.capability.lifetime;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.EventReason;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.host.HostClock;
import dev.sandboxcluster.operator.host.HostObjects;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.verdict.Conditions;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Ends a sandbox whose time is over. */
public final class LifetimeStage {

    private static final Duration AFTER_REFUSAL = Duration.ofMinutes(1);

    private final HostClock clock;

    /** @param clock by which sandboxes live: that by which they were created */
    public LifetimeStage(HostClock clock) {
        this.clock = clock;
    }

    /** Says what is near, and deletes what is over; three requests at most. */
    public Outcome<Life> run(Round round, LifetimeSettings settings) {
        if (settings.ends().isEmpty()) {
            return LifetimeCheck.check(settings, round.now());
        }
        Instant now = clock.now();
        Outcome<Life> life = LifetimeCheck.check(settings, now);
        if (life.value().deleted()) {
            Optional<Verdict> refused =
                    HostObjects.attempt(() -> round.host().deleteOwner()).problem();
            if (refused.isPresent()) {
                return Outcome.of(life.value().kept())
                        .reporting(ConditionType.Expiring, LifetimeCheck.refused(refused.get()))
                        .lookingAgain(Optional.of(round.now().plus(AFTER_REFUSAL)));
            }
        }
        Optional.ofNullable(life.conditions().get(ConditionType.Expiring)).ifPresent(verdict -> tell(round, verdict));
        // The reconciler's own clock may be another.
        Duration ahead = Duration.between(now, round.now());
        return life.lookingAgain(life.lookAgain().map(at -> at.plus(ahead)));
    }

    private static void tell(Round round, Verdict verdict) {
        boolean told = Conditions.previous(round.previous().conditions(), ConditionType.Expiring)
                .filter(before -> before.getReason().equals(verdict.reason()))
                .isPresent();
        if (!told) {
            round.host()
                    .announce(
                            verdict.reason().equals(Reason.EXPIRED) ? EventReason.EXPIRED : EventReason.EXPIRES_SOON,
                            verdict.message(),
                            round.now());
        }
    }
}
