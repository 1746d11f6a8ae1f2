package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether the published URL leads to the cluster, with the published kubeconfig. */
public final class EndpointCheck {

    private static final Verdict RESTING = Verdict.holds(
            Reason.DOZING,
            "The operator reached the API with the published kubeconfig, and dials it again when it is awake");

    /** So long the router may be away before it is said of what rests: as its pods are replaced, say. */
    static final Duration UNHEARD = Duration.ofSeconds(30);

    private static final Verdict NO_ROUTER = Verdict.fails(
            EndpointFailure.RouterUnavailable.name(),
            "The cluster dozes, and the router isn't reached at the address of its users: who comes doesn't wake it. Do the"
                    + " router's pods run, and does what is in front of them lead there?");

    private EndpointCheck() {}

    /**
     * The verdict on {@code EndpointReachable}; pure.
     *
     * @param resting whether it is left alone, for its processes are stopped
     * @param routerSilentSince since when the router, which all of these share, is not reached; empty: it is, or it is not
     *     known
     * @param url the published one
     * @param observation what the operator last saw there; empty: it does not dial, as nothing runs
     */
    public static Outcome<Optional<Observation>> check(
            Situation situation,
            boolean resting,
            Optional<Instant> routerSilentSince,
            Optional<String> url,
            Optional<Observation> observation) {
        Outcome<Optional<Observation>> seen = Outcome.of(observation);
        if (!resting) {
            return seen.reporting(
                    ConditionType.EndpointReachable,
                    verdict(observation, situation.lastKnown(ConditionType.EndpointReachable, url)));
        }
        Optional<Instant> unheardAt = routerSilentSince.map(since -> since.plus(UNHEARD));
        return unheardAt.filter(at -> !situation.now().isBefore(at)).isPresent()
                ? seen.reporting(ConditionType.EndpointReachable, NO_ROUTER)
                : seen.reporting(ConditionType.EndpointReachable, RESTING).lookingAgain(unheardAt);
    }

    /**
     * The same without its condition.
     *
     * @param lastKnown the verdict reported for the same start of the same control plane: it holds until the operator,
     *     after a restart of its own, has looked again
     */
    public static Verdict verdict(Optional<Observation> observation, Optional<Verdict> lastKnown) {
        if (observation.isEmpty()) {
            return Verdict.fails(Reason.CONTROL_PLANE_NOT_RUNNING, "There is no control plane to reach");
        }
        Observation seen = observation.get();
        if (seen.available().isPresent()) {
            return Verdict.holds(Reason.AVAILABLE, "The operator reaches the API with the published kubeconfig");
        }
        if (seen instanceof Observation.Failing failing) {
            return Verdict.fails(failing.kind().name(), failing.message());
        }
        return lastKnown.orElseGet(
                () -> Verdict.fails(Reason.WAITING_FOR_ENDPOINT, "The operator dials the published URL"));
    }
}
