package dev.sandboxcluster.operator.capability.exposure;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the host cluster has given the Service.
 *
 * @param clusterIp its address within the host cluster
 * @param nodePort its port on the nodes
 * @param loadBalancerIp the load balancer's address, if it gives one
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
                Optional.ofNullable(service.getSpec().getClusterIP()),
                service.getSpec().getPorts().stream().findFirst().map(ServicePort::getNodePort),
                balancers.stream()
                        .map(LoadBalancerIngress::getIp)
                        .filter(Objects::nonNull)
                        .findFirst(),
                balancers.stream()
                        .map(LoadBalancerIngress::getHostname)
                        .filter(Objects::nonNull)
                        .findFirst());
    }
}
