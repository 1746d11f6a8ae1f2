package dev.sandboxcluster.operator.capability.exposure;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the host cluster has given the Service.
 *
 * @param clusterIp its IPv4 address within the host cluster
 * @param nodePort its port on the nodes
 * @param loadBalancerIp the load balancer's address, if it gives one; of several, see {@link #first}
 * @param loadBalancerName the load balancer's name, if it gives one
 */
public record ServiceAddresses(
        Optional<String> clusterIp,
        Optional<Integer> nodePort,
        Optional<String> loadBalancerIp,
        Optional<String> loadBalancerName) {

    /** As the host cluster's API shows them. */
    public static ServiceAddresses of(Service service) {
        List<LoadBalancerIngress> balancers = Optional.ofNullable(service.getStatus())
                .map(ServiceStatus::getLoadBalancer)
                .map(LoadBalancerStatus::getIngress)
                .orElse(List.of());
        return new ServiceAddresses(
                clusterIps(service).filter(ServiceAddresses::isIpv4).findFirst(),
                service.getSpec().getPorts().stream().findFirst().map(ServicePort::getNodePort),
                first(balancers.stream().map(LoadBalancerIngress::getIp).filter(Objects::nonNull)),
                balancers.stream()
                        .map(LoadBalancerIngress::getHostname)
                        .filter(Objects::nonNull)
                        .findFirst());
    }

    /** Of several addresses always the same, whatever their order: an IPv4 address where there is one. */
    static Optional<String> first(Stream<String> addresses) {
        return addresses.min(
                Comparator.comparing((String address) -> !isIpv4(address)).thenComparing(Comparator.naturalOrder()));
    }

    static boolean isIpv4(String address) {
        return !address.contains(":");
    }

    private static Stream<String> clusterIps(Service service) {
        List<String> all = service.getSpec().getClusterIPs();
        return all.isEmpty() ? Stream.ofNullable(service.getSpec().getClusterIP()) : all.stream();
    }
}
