package dev.sandboxcluster.operator.cluster.desired;

import dev.sandboxcluster.operator.k3s.K3s;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;

/**
 * The NetworkPolicy of the pod: in, the API's port; out, nothing. A control plane without workers has no reason to
 * open a connection, so neither the host cluster's API nor a cloud's metadata address is within its users' reach.
 */
public final class ControlPlaneNetworkPolicy {

    private ControlPlaneNetworkPolicy() {}

    /** The NetworkPolicy; pure. */
    public static NetworkPolicy desired(Blueprint blueprint) {
        return new NetworkPolicyBuilder()
                .withMetadata(Labels.metadata(blueprint, blueprint.name()))
                .withNewSpec()
                .withNewPodSelector()
                .withMatchLabels(Labels.podSelector(blueprint))
                .endPodSelector()
                .withPolicyTypes("Ingress", "Egress")
                .addNewIngress()
                .addNewPort()
                .withProtocol("TCP")
                .withNewPort(K3s.API_PORT)
                .endPort()
                .endIngress()
                .endSpec()
                .build();
    }
}
