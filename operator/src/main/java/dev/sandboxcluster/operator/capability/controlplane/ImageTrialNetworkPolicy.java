package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;

/** The NetworkPolicy of the pod that tries an image, of which nobody knows what it does: nothing comes in or goes out. */
final class ImageTrialNetworkPolicy {

    private ImageTrialNetworkPolicy() {}

    /** The NetworkPolicy; pure. No SandboxCluster has a name with a dot, so none has one of this name. */
    static NetworkPolicy desired(Identity sandbox) {
        return new NetworkPolicyBuilder()
                .withMetadata(sandbox.metadata(sandbox.name() + ".image-trial"))
                .withNewSpec()
                .withNewPodSelector()
                .withMatchLabels(ImageTrialJob.podSelector(sandbox))
                .endPodSelector()
                .withPolicyTypes("Ingress", "Egress")
                .endSpec()
                .build();
    }
}
