package dev.sandboxcluster.operator.capability.exposure;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.operator.capability.doze.Sleep;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Hosts;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * At the router's address, by the name that clients ask for in TLS.
 *
 * @param router empty: the operator was installed without
 * @param serverName the sandbox's name there
 * @param quietName the same for the operator's own looks, which count as nobody's
 * @param machines how machines reach it that join: they tell no server name
 */
record RouterExposure(Optional<RouterFront> router, String serverName, String quietName, Exposure machines)
        implements Exposure {

    private static final String QUIET = ".quiet.";

    static RouterExposure of(Identity sandbox, Optional<RouterFront> router, Exposure machines) {
        String name = sandbox.name() + "." + sandbox.namespace();
        String suffix = router.map(RouterFront::suffix).orElse("");
        return new RouterExposure(router, name + "." + suffix, name + QUIET + suffix, machines);
    }

    @Override
    public Service service(Identity sandbox) {
        return machines.service(sandbox);
    }

    @Override
    public Optional<Endpoint> published(
            Identity sandbox, ServiceAddresses addresses, Optional<Pod> pod, Optional<String> lastPublished) {
        return router.flatMap(front -> front.port()
                .flatMap(port -> front.byName()
                        ? Optional.of(Endpoint.of(serverName, port, Optional.empty()))
                        : front.host()
                                .or(() -> NodePortExposure.nodeAddress(sandbox, addresses, pod, lastPublished))
                                .map(host -> Endpoint.of(host, port, Optional.of(serverName))))
                .or(() -> lastPublished.filter(any -> !front.known()).map(url -> again(front, url))));
    }

    private Endpoint again(RouterFront front, String url) {
        return new Endpoint(URI.create(url), Optional.of(serverName).filter(any -> !front.byName()));
    }

    @Override
    public Optional<SandboxClusterRouteSpec> route(
            Optional<ServiceAddresses> addresses, Optional<Pod> pod, boolean usable, Sleep sleep) {
        Stream<String> hosts = Stream.concat(
                pod
                        .filter(present -> present.getMetadata().getDeletionTimestamp() == null)
                        .map(present -> present.getStatus().getPodIP())
                        .map(address -> Hosts.withPort(address, K3s.API_PORT))
                        .stream(),
                pod
                        .flatMap(any -> addresses)
                        .flatMap(ServiceAddresses::clusterIp)
                        .map(address -> Hosts.withPort(address, Endpoint.SERVICE_PORT))
                        .stream());
        return Optional.of(new SandboxClusterRouteSpec(
                List.of(serverName),
                List.of(quietName),
                hosts.toList(),
                sleep.state() == State.Awake && !usable ? State.Starting : sleep.state(),
                sleep.reportSeconds(),
                sleep.containerID().orElse(null)));
    }

    @Override
    public Optional<Verdict> missing() {
        return router.isPresent()
                ? Optional.empty()
                : Optional.of(Verdict.fails(
                        Reason.ROUTER_NOT_INSTALLED,
                        "The operator was installed without a router; set router.enabled of its chart, or take another"
                                + " expose.type"));
    }

    @Override
    public Endpoint internal(Identity sandbox) {
        return router.map(front -> Endpoint.of(front.internalHost(), Endpoint.SERVICE_PORT, Optional.of(serverName)))
                .orElseGet(() -> Exposure.super.internal(sandbox));
    }

    @Override
    public Optional<String> quietServerName() {
        return Optional.of(quietName);
    }

    @Override
    public Optional<Endpoint> forWorkers(ServiceAddresses addresses) {
        return machines.forWorkers(addresses);
    }

    @Override
    public String awaited() {
        return "The router has no address yet; if this lasts, the host cluster may have no load balancer: see router.service"
                + " of the operator's chart";
    }

    @Override
    public Verdict withoutWorkerAddress(ServiceAddresses addresses) {
        return machines.withoutWorkerAddress(addresses);
    }

    @Override
    public List<String> names() {
        return Stream.concat(Stream.of(serverName, quietName), machines.names().stream())
                .toList();
    }

    @Override
    public Map<String, String> podFields() {
        return machines.podFields();
    }
}
