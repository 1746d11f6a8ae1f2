package dev.sandboxcluster.operator.cluster.checks;

import java.util.Optional;

/** The sum of the other conditions: the first thing that stands between the user and a usable cluster. */
public final class ReadyCheck {

    private ReadyCheck() {}

    /**
     * The verdict on {@code Ready}; pure.
     *
     * @param problem what keeps the operator from writing an object, if anything does
     * @param credentials whether keys and kubeconfig are in order; unknown: they wait for the pod's address
     * @param published whether a kubeconfig is published, in order or not
     */
    public static Verdict check(
            Optional<Verdict> problem, Verdict credentials, boolean published, Verdict controlPlane, Verdict endpoint) {
        if (problem.isPresent()) {
            return problem.get();
        }
        if (credentials.status() == Verdict.Status.False && !published) {
            return credentials;
        }
        if (!controlPlane.met()) {
            return Verdict.fails(controlPlane.reason(), controlPlane.message());
        }
        if (!published) {
            return Verdict.fails(credentials.reason(), credentials.message());
        }
        if (!endpoint.met()) {
            return Verdict.fails(endpoint.reason(), endpoint.message());
        }
        return credentials.met()
                ? Verdict.holds(Reason.AVAILABLE, "The cluster can be used")
                : Verdict.holds(credentials.reason(), "The cluster can be used, but: " + credentials.message());
    }
}
