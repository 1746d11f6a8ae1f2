package dev.sandboxcluster.operator.capability.exposure;

import dev.sandboxcluster.api.v1alpha1.Expose;
import dev.sandboxcluster.api.v1alpha1.LoadBalancer;
import dev.sandboxcluster.api.v1alpha1.NodePort;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec;
import dev.sandboxcluster.operator.capability.doze.Sleep;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From where a sandbox's API can be reached, and how: one class per {@code expose.type}; pure. */
public sealed interface Exposure permits ClusterIpExposure, NodePortExposure, LoadBalancerExposure, RouterExposure {

    /**
     * What the spec says, or the default.
     *
     * @param router where the router is; empty: there is none
     */
    static Exposure of(Identity sandbox, Optional<Expose> expose, Optional<RouterFront> router) {
        return switch (expose.map(Expose::type).orElse(Expose.Type.ClusterIP)) {
            case ClusterIP -> new ClusterIpExposure();
            case NodePort -> NodePortExposure.of(expose.map(Expose::nodePort));
            case LoadBalancer -> LoadBalancerExposure.of(expose.map(Expose::loadBalancer));
            case Router -> RouterExposure.of(sandbox, router, machines(expose));
        };
    }

    private static Exposure machines(Optional<Expose> expose) {
        Optional<NodePort> nodePort = expose.map(Expose::nodePort);
        Optional<LoadBalancer> balancer = expose.map(Expose::loadBalancer);
        return nodePort.isPresent()
                ? NodePortExposure.of(nodePort)
                : balancer.isPresent() ? LoadBalancerExposure.of(balancer) : new ClusterIpExposure();
    }

    /** The Service in front of the API server. */
    Service service(Identity sandbox);

    /**
     * The URL to publish; empty as long as it is not known.
     *
     * @param pod the control plane's pod, if there is one
     * @param lastPublished {@code status.endpoint}: while a pod is replaced, the last published address stays
     */
    Optional<Endpoint> published(
            Identity sandbox, ServiceAddresses addresses, Optional<Pod> pod, Optional<String> lastPublished);

    /**
     * What the router has to know of the sandbox; empty: it goes past the router.
     *
     * @param usable whether users get what they ask for
     */
    default Optional<SandboxClusterRouteSpec> route(
            Optional<ServiceAddresses> addresses, Optional<Pod> pod, boolean usable, Sleep sleep) {
        return Optional.empty();
    }

    /** What the host cluster lacks for it; empty: nothing. */
    default Optional<Verdict> missing() {
        return Optional.empty();
    }

    /** The URL for users who are pods of the host cluster. */
    default Endpoint internal(Identity sandbox) {
        return Endpoint.internal(sandbox);
    }

    /** The server name by which the operator looks at it without counting as its user; empty: who looks is no matter. */
    default Optional<String> quietServerName() {
        return Optional.empty();
    }

    /** The IP address and port at which machines join; empty as long as it is not known, or where there can be none. */
    default Optional<Endpoint> forWorkers(ServiceAddresses addresses) {
        return Optional.empty();
    }

    /** What the address to publish waits for, as a sentence. */
    default String awaited() {
        return "The address to publish is known once the pod is scheduled";
    }

    /** Why there is no address at which machines could join. */
    default Verdict withoutWorkerAddress(ServiceAddresses addresses) {
        return Verdict.fails(Reason.WAITING_FOR_ADDRESS, awaited());
    }

    /** Names and addresses under which users reach the API that are known before it starts, besides the Service's. */
    default List<String> names() {
        return List.of();
    }

    /** Those that the pod alone knows when it starts: names of variables, with the field of the pod that each has. */
    default Map<String, String> podFields() {
        return Map.of();
    }
}
