package dev.sandboxcluster.operator.capability.bootstrap.charts;

import dev.sandboxcluster.api.v1alpha1.BootstrapChart;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRuleBuilder;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The NetworkPolicy of the pods that install charts, which may run what their authors like: out, the sandbox's API and
 * names, and the registry's port where a chart comes from one; in, nothing.
 */
public final class ChartNetworkPolicy {

    private static final int DNS = 53;
    private static final int HTTPS = 443;

    private ChartNetworkPolicy() {}

    /** The NetworkPolicy; pure. No SandboxCluster has a name with a dot, so none has one of this name. */
    public static NetworkPolicy desired(Identity sandbox, List<BootstrapChart> charts) {
        List<NetworkPolicyEgressRule> egress = new ArrayList<>();
        egress.add(new NetworkPolicyEgressRuleBuilder()
                .addNewTo()
                .withNewPodSelector()
                .withMatchLabels(sandbox.podSelector())
                .endPodSelector()
                .endTo()
                .addNewPort()
                .withProtocol("TCP")
                .withPort(new IntOrString(K3s.API_PORT))
                .endPort()
                .build());
        egress.add(to("UDP", DNS));
        egress.add(to("TCP", DNS));
        charts.stream()
                .map(BootstrapChart::oci)
                .filter(Objects::nonNull)
                .map(ChartNetworkPolicy::port)
                .distinct()
                .sorted()
                .forEach(port -> egress.add(to("TCP", port)));
        return new NetworkPolicyBuilder()
                .withMetadata(sandbox.metadata(sandbox.name() + ".chart"))
                .withNewSpec()
                .withNewPodSelector()
                .addToMatchLabels(Labels.CHART, sandbox.name())
                .endPodSelector()
                .withPolicyTypes("Ingress", "Egress")
                .withEgress(egress)
                .endSpec()
                .build();
    }

    private static int port(String oci) {
        int named = URI.create(oci).getPort();
        return named < 0 ? HTTPS : named;
    }

    private static NetworkPolicyEgressRule to(String protocol, int port) {
        return new NetworkPolicyEgressRuleBuilder()
                .addNewPort()
                .withProtocol(protocol)
                .withPort(new IntOrString(port))
                .endPort()
                .build();
    }
}
