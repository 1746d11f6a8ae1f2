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
     * @param storage whether the volume is there; empty: storage is Ephemeral
     * @param published whether a kubeconfig is published, in order or not
     * @param writes what keeps objects from being written, if anything does
     */
    public static Verdict check(
            Optional<Verdict> problem,
            Verdict credentials,
            Optional<Verdict> storage,
            boolean published,
            Verdict controlPlane,
            Verdict endpoint,
            Optional<Verdict> writes) {
        if (problem.isPresent()) {
            return problem.get();
        }
        if (credentials.status() == Verdict.Status.False && !published) {
            return credentials;
        }
        Optional<Verdict> volume = storage.filter(verdict -> !verdict.met());
        if (!controlPlane.met()
                && volume.filter(verdict -> explains(verdict, controlPlane)).isPresent()) {
            return volume.get();
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
        if (writes.isPresent()) {
            return writes.get();
        }
        return Optional.of(credentials)
                .filter(verdict -> !verdict.met())
                .or(() -> volume)
                .map(flaw -> Verdict.holds(flaw.reason(), "The cluster can be used, but: " + flaw.message()))
                .orElseGet(() -> Verdict.holds(Reason.AVAILABLE, "The cluster can be used"));
    }

    /** A volume that is on its way is the pod's business, unless the scheduler waits for it. */
    private static boolean explains(Verdict volume, Verdict controlPlane) {
        return !volume.reason().equals(Reason.VOLUME_PENDING)
                || controlPlane.reason().equals(Reason.UNSCHEDULABLE);
    }
}
