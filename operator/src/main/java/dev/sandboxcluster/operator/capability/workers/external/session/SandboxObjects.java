package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.operator.capability.workers.external.policy.Csr;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import java.util.List;
import java.util.Objects;

/** What the operator writes in a sandbox besides tokens and nodes; pure. */
final class SandboxObjects {

    static final String NAMESPACE = "default";
    static final String NAME = "kubernetes";

    private static final String PORT_NAME = "https";

    private SandboxObjects() {}

    /** Where the sandbox's API server is: k3s agents learn it from this object, pods by the Service before it. */
    static EndpointSlice endpointSlice(String address, int port) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(NAMESPACE)
                .addToLabels("kubernetes.io/service-name", NAME)
                .endMetadata()
                .withAddressType("IPv4")
                .addNewEndpoint()
                .withAddresses(address)
                .withNewConditions()
                .withReady(true)
                .endConditions()
                .endEndpoint()
                .addNewPort()
                .withName(PORT_NAME)
                .withPort(port)
                .withProtocol("TCP")
                .endPort()
                .build();
    }

    /** The same in the older form, which some clients still read; not to be mirrored into a second slice. */
    static Endpoints endpoints(String address, int port) {
        return new EndpointsBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(NAMESPACE)
                .addToLabels("endpointslice.kubernetes.io/skip-mirror", "true")
                .endMetadata()
                .addNewSubset()
                .addNewAddress()
                .withIp(address)
                .endAddress()
                .addNewPort()
                .withName(PORT_NAME)
                .withPort(port)
                .withProtocol("TCP")
                .endPort()
                .endSubset()
                .build();
    }

    /** Whether a slice says what the desired one does. */
    static boolean same(EndpointSlice actual, EndpointSlice desired) {
        return Objects.equals(actual.getEndpoints(), desired.getEndpoints())
                && actual.getPorts().size() == 1
                && Objects.equals(
                        actual.getPorts().get(0).getPort(),
                        desired.getPorts().get(0).getPort());
    }

    /** Whether Endpoints say what the desired ones do. */
    static boolean same(Endpoints actual, Endpoints desired) {
        return Objects.equals(actual.getSubsets(), desired.getSubsets());
    }

    /**
     * What plain kubelets need: with a token, to ask for a certificate, which the operator approves; with the
     * certificate, to renew it, and to run kube-proxy.
     *
     * @param groups names of the groups
     */
    static List<ClusterRoleBinding> kubeletRoles(List<String> groups) {
        return List.of(
                binding(
                        "sandboxcluster:node-bootstrapper",
                        "system:node-bootstrapper",
                        groups.stream()
                                .map(group -> Csr.TOKEN_GROUP_PREFIX + group)
                                .toList()),
                binding(
                        "sandboxcluster:node-renewal",
                        "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
                        List.of("system:nodes")),
                binding("sandboxcluster:node-proxier", "system:node-proxier", List.of("system:nodes")));
    }

    private static ClusterRoleBinding binding(String name, String role, List<String> groups) {
        ClusterRoleBindingBuilder binding = new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role);
        groups.forEach(group -> binding.addNewSubject("rbac.authorization.k8s.io", "Group", group, null));
        return binding.build();
    }
}
