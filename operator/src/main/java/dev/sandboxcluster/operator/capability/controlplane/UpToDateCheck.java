package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Optional;

/** Whether the pod is what the spec says and this operator makes. */
final class UpToDateCheck {

    private UpToDateCheck() {}

    /**
     * The verdict on {@code UpToDate}; pure.
     *
     * @param record what the pod was made from
     * @param origin what a pod is to be made from now
     * @param made what this operator makes of it
     */
    static Verdict check(
            StatefulSet present, Optional<Pod> pod, PodRecord record, PodOrigin origin, PodTemplateSpec made) {
        if (!record.origin().spec().equals(origin.spec())) {
            return Verdict.fails(
                    Reason.RESTART_PENDING,
                    "The control plane goes on as it was started; it is started anew for the spec once nothing is in the"
                            + " way: see the other conditions");
        }
        if (pod.filter(running -> !PodRevision.isCurrent(running, present)).isPresent()) {
            return Verdict.fails(
                    Reason.RESTARTING, "The host cluster replaces the pod by one that is as the spec says");
        }
        if (record.isFrom(origin) && !record.isOf(made)) {
            return Verdict.fails(
                    Reason.OUTDATED,
                    "The operator would start the control plane differently now: another release of it did, or what"
                            + " changed since needs no other pod. It goes on as it is, until its spec asks for another"
                            + " pod or the annotation " + Annotations.RESTART
                            + " of the SandboxCluster is given another value");
        }
        return Verdict.holds(Reason.UP_TO_DATE, "The control plane is as the spec says");
    }

    /** What of it keeps the sandbox from being as its spec says: that the operator would start it differently is no such thing. */
    static Optional<Verdict> problem(Verdict verdict) {
        return Optional.of(verdict)
                .filter(found -> !found.met() && !found.reason().equals(Reason.OUTDATED));
    }
}
