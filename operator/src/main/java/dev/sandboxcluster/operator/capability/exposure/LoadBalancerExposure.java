package dev.sandboxcluster.operator.capability.exposure;

import dev.sandboxcluster.api.v1alpha1.LoadBalancer;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * At an address that the host cluster's load balancer gives.
 *
 * @param className {@code loadBalancerClass}; empty: the host cluster's default
 * @param annotations by which the load balancer is told what to do
 * @param sourceRanges from which it lets connections in; empty: from everywhere
 * @param trafficPolicy {@code externalTrafficPolicy}; empty: Kubernetes's default
 */
record LoadBalancerExposure(
        Optional<String> className,
        Map<String, String> annotations,
        List<String> sourceRanges,
        Optional<LoadBalancer.TrafficPolicy> trafficPolicy)
        implements Exposure {

    static LoadBalancerExposure of(Optional<LoadBalancer> settings) {
        return new LoadBalancerExposure(
                settings.map(LoadBalancer::loadBalancerClass),
                settings.map(LoadBalancer::annotations).orElse(Map.of()),
                settings.map(LoadBalancer::sourceRanges).orElse(List.of()),
                settings.map(LoadBalancer::externalTrafficPolicy));
    }

    @Override
    public Service service(Identity sandbox) {
        return ControlPlaneService.ofType(sandbox, "LoadBalancer")
                .editMetadata()
                .withAnnotations(annotations)
                .endMetadata()
                .editSpec()
                .withLoadBalancerClass(className.orElse(null))
                .withLoadBalancerSourceRanges(sourceRanges)
                .withExternalTrafficPolicy(trafficPolicy.map(Enum::name).orElse(null))
                .endSpec()
                .build();
    }

    @Override
    public Optional<Endpoint> published(
            Identity sandbox, ServiceAddresses addresses, Optional<Pod> pod, Optional<String> lastPublished) {
        return addresses
                .loadBalancerIp()
                .or(addresses::loadBalancerName)
                .map(host -> Endpoint.of(host, Endpoint.SERVICE_PORT, Optional.of(K3s.ALWAYS_IN_CERTIFICATE)));
    }

    @Override
    public Optional<Endpoint> forWorkers(ServiceAddresses addresses) {
        return addresses
                .loadBalancerIp()
                .filter(ServiceAddresses::isIpv4)
                .map(host -> Endpoint.of(host, Endpoint.SERVICE_PORT, Optional.empty()));
    }

    @Override
    public String awaited() {
        return "The host cluster's load balancer has not given the Service an address yet; if this lasts, the host cluster"
                + " may have no load balancer: take expose.type NodePort";
    }

    @Override
    public Verdict withoutWorkerAddress(ServiceAddresses addresses) {
        Optional<Verdict> ipv6 = addresses
                .loadBalancerIp()
                .map(address -> Verdict.fails(
                        Reason.IPV4_REQUIRED,
                        "The load balancer gives the IPv6 address " + address
                                + " alone, and external workers join at an"
                                + " IPv4 address. Ask it for one by expose.loadBalancer.annotations, or take expose.type"
                                + " NodePort"));
        return ipv6.or(() -> addresses
                        .loadBalancerName()
                        .map(name -> Verdict.fails(
                                Reason.LOAD_BALANCER_WITHOUT_IP,
                                "The load balancer gives the name " + name
                                        + " and no IP address, which external workers need."
                                        + " Ask it for an address by expose.loadBalancer.annotations, or take expose.type"
                                        + " NodePort")))
                .orElseGet(() -> Exposure.super.withoutWorkerAddress(addresses));
    }
}
