package dev.sandboxcluster.operator.capability.doze;

import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Containers;
import dev.sandboxcluster.operator.objects.Situation;

/** Who looks how a control plane does; pure. */
final class Probed {

    private Probed() {}

    /** Whether the pod's node does, once it has started. */
    static boolean byNode(Situation situation) {
        return situation
                .pod()
                .flatMap(pod -> Containers.named(K3s.CONTAINER, pod.getSpec()))
                .filter(container -> container.getLivenessProbe() != null || container.getReadinessProbe() != null)
                .isPresent();
    }
}
