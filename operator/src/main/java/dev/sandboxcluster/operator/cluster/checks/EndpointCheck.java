package dev.sandboxcluster.operator.cluster.checks;

import dev.sandboxcluster.operator.tenant.Observation;
import java.util.Optional;

/** Whether the published URL leads to the cluster, with the published kubeconfig. */
public final class EndpointCheck {

    private EndpointCheck() {}

    /**
     * The verdict; pure.
     *
     * @param observation what the operator last saw when it dialled; empty: it does not dial, as nothing runs
     * @param lastKnown the verdict reported for the same start of the same control plane: it holds until the operator,
     *     after a restart of its own, has looked again
     */
    public static Verdict check(Optional<Observation> observation, Optional<Verdict> lastKnown) {
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
