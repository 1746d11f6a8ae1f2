package dev.sandboxcluster.operator.capability.storage;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/** Whether an Ephemeral sandbox lost what was in it: its objects live and die with the pod. */
final class ContentCheck {

    private ContentCheck() {}

    /**
     * The verdict on {@code ContentLost}; empty: nothing new. Pure.
     *
     * @param status what was reported last
     * @param pod the pod that runs now, if any
     * @param persistent whether the objects are on a volume
     */
    static Optional<Verdict> check(SandboxClusterStatus status, Optional<Pod> pod, boolean persistent) {
        if (persistent) {
            return Optional.empty();
        }
        boolean wasUsed = status.readyAt() != null && status.podUID() != null;
        return pod.filter(present -> wasUsed && !present.getMetadata().getUid().equals(status.podUID()))
                .map(present -> Verdict.holds(
                        Reason.POD_REPLACED,
                        "The pod was replaced at " + present.getMetadata().getCreationTimestamp()
                                + " and storage is Ephemeral: what was created in the cluster before is gone."
                                + " The kubeconfig stays valid; apply again what you need"));
    }
}
