package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.Optional;

/** Whether the published URL leads to the cluster, with the published kubeconfig. */
public final class EndpointCheck {

    private static final Verdict RESTING = Verdict.holds(
            Reason.DOZING,
            "The operator reached the API with the published kubeconfig, and dials it again when it is awake");

    private EndpointCheck() {}

    /**
     * The verdict on {@code EndpointReachable}; pure.
     *
     * @param resting whether it is left alone, for its processes are stopped
     * @param url the published one
     * @param observation what the operator last saw there; empty: it does not dial, as nothing runs
     */
    public static Outcome<Optional<Observation>> check(
            Situation situation, boolean resting, Optional<String> url, Optional<Observation> observation) {
        return Outcome.of(observation)
                .reporting(
                        ConditionType.EndpointReachable,
                        resting
                                ? RESTING
                                : verdict(observation, situation.lastKnown(ConditionType.EndpointReachable, url)));
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
