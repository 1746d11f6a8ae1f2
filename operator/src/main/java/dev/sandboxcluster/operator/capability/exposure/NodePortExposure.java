package dev.sandboxcluster.operator.capability.exposure;

import dev.sandboxcluster.api.v1alpha1.NodePort;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Hosts;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.HostIP;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Service;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * At a port of every node of the host cluster.
 *
 * @param port empty: any that is free
 * @param hostName the name or address under which users reach the nodes; empty: that of the pod's node
 */
record NodePortExposure(Optional<Integer> port, Optional<String> hostName) implements Exposure {

    static NodePortExposure of(Optional<NodePort> settings) {
        return new NodePortExposure(settings.map(NodePort::port), settings.map(NodePort::hostName));
    }

    @Override
    public Service service(Identity sandbox) {
        return ControlPlaneService.ofType(sandbox, "NodePort")
                .editSpec()
                .editFirstPort()
                .withNodePort(port.orElse(null))
                .endPort()
                .endSpec()
                .build();
    }

    @Override
    public Optional<Endpoint> published(
            Identity sandbox, ServiceAddresses addresses, Optional<Pod> pod, Optional<String> lastPublished) {
        return addresses.nodePort().flatMap(nodePort -> hostName.map(
                        host -> Endpoint.of(host, nodePort, Optional.empty()))
                .or(() -> nodeAddress(sandbox, addresses, pod, lastPublished)
                        .map(address -> Endpoint.of(address, nodePort, Optional.of(K3s.ALWAYS_IN_CERTIFICATE)))));
    }

    /** That of the pod's node, or, while there is no pod, of the last one's. */
    static Optional<String> nodeAddress(
            Identity sandbox, ServiceAddresses addresses, Optional<Pod> pod, Optional<String> lastPublished) {
        return pod.map(Pod::getStatus)
                .flatMap(status -> nodeAddress(status, addresses))
                .or(() -> lastNodeAddress(sandbox, lastPublished));
    }

    /** Of the Service's family: its port is open at no other. */
    private static Optional<String> nodeAddress(PodStatus status, ServiceAddresses addresses) {
        boolean ipv4 = addresses.clusterIp().isPresent();
        return status.getHostIPs().stream()
                .map(HostIP::getIp)
                .filter(address -> ServiceAddresses.isIpv4(address) == ipv4)
                .findFirst()
                .or(() -> Optional.ofNullable(status.getHostIP()));
    }

    private static Optional<String> lastNodeAddress(Identity sandbox, Optional<String> lastPublished) {
        return lastPublished
                .map(url -> Hosts.of(URI.create(url)))
                .filter(host -> !host.equals(Endpoint.serviceHost(sandbox)));
    }

    @Override
    public Optional<Endpoint> forWorkers(ServiceAddresses addresses) {
        return hostName.flatMap(
                host -> addresses.nodePort().map(nodePort -> Endpoint.of(host, nodePort, Optional.empty())));
    }

    @Override
    public List<String> names() {
        return hostName.stream().toList();
    }

    @Override
    public Map<String, String> podFields() {
        return hostName.isPresent() ? Map.of() : Map.of("SANDBOXCLUSTER_NODE_ADDRESS", "status.hostIP");
    }
}
