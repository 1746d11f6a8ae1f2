package dev.sandboxcluster.operator.cluster.desired;

import dev.sandboxcluster.api.v1alpha1.Expose;
import dev.sandboxcluster.operator.k3s.K3s;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.net.URI;
import java.util.Optional;

/**
 * Under which URL the API server is reached.
 *
 * @param tlsServerName the name to verify in place of the URL's host: for an address that was not known when the
 *     serving certificate was made
 */
public record Endpoint(URI url, Optional<String> tlsServerName) {

    /** The URL for pods of the host cluster: the Service's name. */
    public static Endpoint internal(Blueprint blueprint) {
        return of(blueprint.serviceHost(), ControlPlaneService.PORT, Optional.empty());
    }

    /**
     * The URL to publish; empty as long as it is not known. The address of a node is known once the pod is scheduled;
     * while a pod is replaced, the last published address stays.
     *
     * @param addresses the Service's
     * @param pod the control plane's pod, if there is one
     * @param lastPublished {@code status.endpoint}
     */
    public static Optional<Endpoint> published(
            Blueprint blueprint, ServiceAddresses addresses, Optional<Pod> pod, Optional<String> lastPublished) {
        return switch (blueprint.exposeType()) {
            case ClusterIP -> Optional.of(internal(blueprint));
            case LoadBalancer ->
                addresses
                        .loadBalancerIp()
                        .or(addresses::loadBalancerName)
                        .map(host -> of(host, ControlPlaneService.PORT, Optional.of(K3s.ALWAYS_IN_CERTIFICATE)));
            case NodePort ->
                addresses.nodePort().flatMap(nodePort -> blueprint
                        .hostName()
                        .map(host -> of(host, nodePort, Optional.empty()))
                        .or(() -> pod.map(Pod::getStatus)
                                .map(PodStatus::getHostIP)
                                .or(() -> lastNodeAddress(blueprint, lastPublished))
                                .map(address -> of(address, nodePort, Optional.of(K3s.ALWAYS_IN_CERTIFICATE)))));
        };
    }

    /** The address at which machines join; empty as long as it is not known. */
    public static Optional<String> workerAddress(Blueprint blueprint, ServiceAddresses addresses) {
        return blueprint
                .workers()
                .flatMap(workers -> blueprint.exposeType() == Expose.Type.LoadBalancer
                        ? addresses.loadBalancerIp()
                        : blueprint.hostName());
    }

    /** The port of the published URL. */
    public int port() {
        return url.getPort();
    }

    private static Optional<String> lastNodeAddress(Blueprint blueprint, Optional<String> lastPublished) {
        return lastPublished
                .map(url -> URI.create(url).getHost())
                .map(host -> host.startsWith("[") ? host.substring(1, host.length() - 1) : host)
                .filter(host -> !host.equals(blueprint.serviceHost()));
    }

    private static Endpoint of(String host, int port, Optional<String> tlsServerName) {
        String authority = host.contains(":") ? "[" + host + "]" : host;
        return new Endpoint(URI.create("https://" + authority + ":" + port), tlsServerName);
    }
}
