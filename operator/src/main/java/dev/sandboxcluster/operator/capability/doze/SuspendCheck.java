package dev.sandboxcluster.operator.capability.doze;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether a sandbox has no pod, as nobody is connected; the next connection gives it one. */
final class SuspendCheck {

    /** The router looks, and says so if somebody is connected after all; then the pod stays. */
    static final Duration UNTIL_STOPPED = Duration.ofSeconds(2);

    private static final Misplaced MISPLACED =
            new Misplaced("The cluster isn't suspended", "suspendAfterIdle", Misplaced.CONNECTED);

    private SuspendCheck() {}

    /** What is to be done; empty: it is to have its pod. Pure. */
    static Optional<Suspension> check(DozeSettings settings, Situation situation, Known known) {
        if (settings.suspendAfter().isEmpty() || misplaced(settings).isPresent()) {
            return Optional.empty();
        }
        if (known.is(State.Suspended)) {
            return known.demanded() ? Optional.empty() : Optional.of(asleep(settings, situation, known));
        }
        Idleness idleness = new Idleness(situation, known);
        return idleness.settled()
                        && !situation.now().isBefore(due(idleness, settings))
                        // Who came, and waits until it is awake, did so after it was used last.
                        && !known.demanded()
                ? Optional.of(new Suspension(
                        sleep(settings, known),
                        false,
                        Optional.of(situation.now().plus(UNTIL_STOPPED))))
                : Optional.empty();
    }

    /** When one that is awake is to be looked at again; empty: it isn't to be suspended. */
    static Optional<Instant> lookAgain(DozeSettings settings, Situation situation, Known known) {
        return settings.suspendAfter()
                .filter(any -> misplaced(settings).isEmpty())
                .map(after -> Optional.of(due(new Idleness(situation, known), settings))
                        .filter(due -> due.isAfter(situation.now()))
                        .orElseGet(() -> situation.now().plus(after)));
    }

    /** Why it isn't suspended though the spec says so, and what is to be changed. */
    static Optional<Verdict> misplaced(DozeSettings settings) {
        if (settings.suspendAfter().isEmpty()) {
            return Optional.empty();
        }
        return MISPLACED
                .check(settings)
                .or(() -> settings.persistent()
                        ? Optional.empty()
                        : Optional.of(Verdict.fails(
                                Reason.PERSISTENT_STORAGE_NEEDED,
                                "The cluster isn't suspended: its objects would be lost. Take lifetime.suspendAfterIdle away; a new"
                                        + " cluster can have storage.type Persistent")));
    }

    /** What is said of the pod that is missing, with what brings it back; pure. */
    static Outcome<Void> explained(DozeSettings settings, Outcome<Void> pod) {
        Outcome<Void> said = pod;
        for (ConditionType type : pod.conditions().keySet()) {
            Verdict verdict = pod.conditions().get(type);
            if (verdict.reason().equals(Reason.SUSPENDED)) {
                said = said.reporting(
                        type,
                        new Verdict(
                                verdict.status(),
                                verdict.reason(),
                                "Nobody has been connected for "
                                        + settings.suspendAfter()
                                                .map(Idleness::text)
                                                .orElse("long")
                                        + ": the control plane is stopped, until the next connection"));
            }
        }
        return said;
    }

    private static Suspension asleep(DozeSettings settings, Situation situation, Known known) {
        Optional<Instant> notBefore = known.notBefore(UNTIL_STOPPED, situation.now());
        boolean suspend = notBefore.isEmpty() || situation.lastingPod().isEmpty();
        return new Suspension(sleep(settings, known), suspend, notBefore);
    }

    private static Instant due(Idleness idleness, DozeSettings settings) {
        return idleness.since().plus(settings.suspendAfter().orElseThrow());
    }

    private static Sleep sleep(DozeSettings settings, Known known) {
        return new Sleep(State.Suspended, known.stopped(), settings.reportSeconds());
    }
}
