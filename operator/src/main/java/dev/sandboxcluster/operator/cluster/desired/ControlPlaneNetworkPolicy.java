package dev.sandboxcluster.operator.cluster.desired;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.operator.k3s.K3s;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRuleBuilder;
import java.util.List;

/**
 * The NetworkPolicy of the pod: in, the API's port; out, nothing, or the kubelets' port where plain kubelets join. A
 * control plane has no reason to open another connection, so neither the host cluster's API nor a cloud's metadata
 * address is within its users' reach.
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
                .withEgress(egress(blueprint))
                .endSpec()
                .build();
    }

    /** Agents hold their tunnels open from outside; to a plain kubelet the API server connects itself. */
    private static List<NetworkPolicyEgressRule> egress(Blueprint blueprint) {
        return blueprint
                .workers()
                .filter(workers -> workers.bootstrap() == Bootstrap.KubeletTLS)
                .map(workers -> List.of(new NetworkPolicyEgressRuleBuilder()
                        .addNewPort()
                        .withProtocol("TCP")
                        .withNewPort(K3s.KUBELET_PORT)
                        .endPort()
                        .build()))
                .orElse(List.of());
    }
}
