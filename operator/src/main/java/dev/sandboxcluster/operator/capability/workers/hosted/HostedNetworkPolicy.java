package dev.sandboxcluster.operator.capability.workers.hosted;

import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The NetworkPolicy of the pods that are nodes, and with them of all that runs there: in, each other, and everybody at
 * the ports of what is published; out, each other, the sandbox's API, names, and the internet, if it may be. The host cluster's API, other sandboxes, and a cloud's metadata address
 * are out of reach, as far as they are at private addresses or in ranges that are known.
 */
public final class HostedNetworkPolicy {

    private static final int DNS = 53;
    private static final String EVERYWHERE = "0.0.0.0/0";

    /** Of RFC 1918, 6598 and 3927: what is not the internet. */
    private static final List<String> PRIVATE =
            List.of("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16");

    private HostedNetworkPolicy() {}

    /**
     * The NetworkPolicy; pure. No SandboxCluster has a name with a dot, so none has one of this name.
     *
     * @param ranges of the host cluster's pods and Services, in CIDR notation, as far as they are known
     * @param internet whether they may connect to it
     * @param published ports at which Services of the sandbox are forwarded from outside
     * @param endpoint IPv4 address and port at which k3s's agents are told that the API is, if it isn't the Service's own
     */
    public static NetworkPolicy desired(
            Identity sandbox,
            List<String> ranges,
            boolean internet,
            Collection<Integer> published,
            Optional<Map.Entry<String, Integer>> endpoint) {
        NetworkPolicyPeer peers = pods(HostedObjects.selector(sandbox));
        List<NetworkPolicyEgressRule> egress = new ArrayList<>();
        egress.add(new NetworkPolicyEgressRuleBuilder().withTo(peers).build());
        egress.add(to("TCP", K3s.API_PORT, pods(sandbox.podSelector())));
        endpoint.ifPresent(at -> egress.add(to("TCP", at.getValue(), block(at.getKey() + "/32", List.of()))));
        egress.add(to("UDP", DNS));
        egress.add(to("TCP", DNS));
        if (internet) {
            egress.add(internet(ranges));
        }
        return new NetworkPolicyBuilder()
                .withMetadata(HostedObjects.metadata(sandbox, sandbox.name() + ".workers"))
                .withNewSpec()
                .withNewPodSelector()
                .withMatchLabels(HostedObjects.selector(sandbox))
                .endPodSelector()
                .withPolicyTypes("Ingress", "Egress")
                .withIngress(ingress(peers, published))
                .withEgress(egress)
                .endSpec()
                .build();
    }

    private static NetworkPolicyEgressRule internet(List<String> ranges) {
        return new NetworkPolicyEgressRuleBuilder()
                .withTo(block(
                        EVERYWHERE,
                        Stream.concat(PRIVATE.stream(), ranges.stream().filter(range -> range.indexOf(':') < 0))
                                .distinct()
                                .sorted()
                                .toList()))
                .build();
    }

    private static List<NetworkPolicyIngressRule> ingress(NetworkPolicyPeer peers, Collection<Integer> published) {
        List<NetworkPolicyIngressRule> ingress = new ArrayList<>();
        ingress.add(new NetworkPolicyIngressRuleBuilder().withFrom(peers).build());
        if (!published.isEmpty()) {
            ingress.add(new NetworkPolicyIngressRuleBuilder()
                    .withPorts(published.stream()
                            .sorted()
                            .distinct()
                            .map(port -> new NetworkPolicyPortBuilder()
                                    .withProtocol("TCP")
                                    .withPort(new IntOrString(port))
                                    .build())
                            .toList())
                    .build());
        }
        return ingress;
    }

    private static NetworkPolicyEgressRule to(String protocol, int port, NetworkPolicyPeer... whom) {
        return new NetworkPolicyEgressRuleBuilder()
                .withTo(whom)
                .addNewPort()
                .withProtocol(protocol)
                .withPort(new IntOrString(port))
                .endPort()
                .build();
    }

    private static NetworkPolicyPeer pods(Map<String, String> labels) {
        return new NetworkPolicyPeerBuilder()
                .withNewPodSelector()
                .withMatchLabels(labels)
                .endPodSelector()
                .build();
    }

    private static NetworkPolicyPeer block(String range, List<String> but) {
        return new NetworkPolicyPeerBuilder()
                .withNewIpBlock()
                .withCidr(range)
                .withExcept(but)
                .endIpBlock()
                .build();
    }
}
