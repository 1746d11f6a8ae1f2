package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRuleBuilder;
import java.util.List;

/**
 * The NetworkPolicy of the pod: in, the API's port; out, nothing but what a capability needs. A control plane has no
 * reason to open another connection, so neither the host cluster's API nor a cloud's metadata address is within its
 * users' reach.
 */
public final class ControlPlaneNetworkPolicy {

    private ControlPlaneNetworkPolicy() {}

    /**
     * The NetworkPolicy; pure.
     *
     * @param egress TCP ports to which the pod may connect
     */
    public static NetworkPolicy desired(Identity sandbox, List<Integer> egress) {
        return new NetworkPolicyBuilder()
                .withMetadata(sandbox.metadata(sandbox.name()))
                .withNewSpec()
                .withNewPodSelector()
                .withMatchLabels(sandbox.podSelector())
                .endPodSelector()
                .withPolicyTypes("Ingress", "Egress")
                .addNewIngress()
                .addNewPort()
                .withProtocol("TCP")
                .withPort(new IntOrString(K3s.API_PORT))
                .endPort()
                .endIngress()
                .withEgress(egress.stream().map(ControlPlaneNetworkPolicy::rule).toList())
                .endSpec()
                .build();
    }

    private static NetworkPolicyEgressRule rule(int port) {
        return new NetworkPolicyEgressRuleBuilder()
                .addNewPort()
                .withProtocol("TCP")
                .withPort(new IntOrString(port))
                .endPort()
                .build();
    }
}
