package dev.sandboxcluster.operator.capability.exposure;

import dev.sandboxcluster.api.v1alpha1.Expose;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From where a sandbox's API can be reached, and how: one class per {@code expose.type}; pure. */
public sealed interface Exposure permits ClusterIpExposure, NodePortExposure, LoadBalancerExposure {

    /** What the spec says, or the default. */
    static Exposure of(Optional<Expose> expose) {
        return switch (expose.map(Expose::type).orElse(Expose.Type.ClusterIP)) {
            case ClusterIP -> new ClusterIpExposure();
            case NodePort -> NodePortExposure.of(expose.map(Expose::nodePort));
            case LoadBalancer -> LoadBalancerExposure.of(expose.map(Expose::loadBalancer));
        };
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

    /** The IP address at which machines join; empty as long as it is not known, or where there can be none. */
    default Optional<String> workerAddress(ServiceAddresses addresses) {
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
