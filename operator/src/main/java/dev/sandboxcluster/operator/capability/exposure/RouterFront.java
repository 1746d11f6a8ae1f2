package dev.sandboxcluster.operator.capability.exposure;

import dev.sandboxcluster.operator.config.RouterSettings;
import io.fabric8.kubernetes.api.model.Service;
import java.util.Optional;

/**
 * Where the router is that all sandboxes share; pure.
 *
 * @param suffix the end of all names that it serves
 * @param byName whether these names lead to it: there is a wildcard record for them
 * @param host under which users reach it; empty: at each node of the host cluster
 * @param port under which users reach it; empty: not known yet
 * @param known whether its Service was looked at; else what was published last holds
 * @param internalHost its Service for pods of the host cluster, as they resolve it
 */
public record RouterFront(
        String suffix,
        boolean byName,
        Optional<String> host,
        Optional<Integer> port,
        boolean known,
        String internalHost) {

    /** A name of one label, where those of sandboxes have two. */
    private static final String NOBODY = "nobody.";

    /**
     * As it is now.
     *
     * @param service the router's; empty: it isn't there, or not known yet
     * @param known whether that is known
     */
    public static RouterFront of(RouterSettings settings, Optional<Service> service, boolean known) {
        String internal = settings.service() + "-internal." + settings.namespace() + ".svc";
        Optional<ServiceAddresses> addresses = service.map(ServiceAddresses::of);
        String type = service.map(present -> present.getSpec().getType()).orElse("");
        Optional<String> balancer =
                addresses.flatMap(each -> each.loadBalancerIp().or(each::loadBalancerName));
        Optional<String> host = settings.host().or(() -> balancer).or(() -> Optional.of(internal)
                .filter(any -> type.equals("ClusterIP")));
        boolean reached = settings.byName() || settings.host().isPresent() || balancer.isPresent() || !isBalanced(type);
        return new RouterFront(
                settings.suffix(),
                settings.byName(),
                host,
                settings.port()
                        .or(() -> type.equals("NodePort")
                                ? addresses.flatMap(ServiceAddresses::nodePort)
                                : service.map(any -> Endpoint.SERVICE_PORT))
                        .filter(any -> reached),
                known,
                internal);
    }

    /**
     * Where it is asked whether it is there: as all users do or, where each has the address of a node, at its Service. Empty:
     * nobody knows where it is.
     */
    public Optional<Endpoint> asked() {
        String name = NOBODY + suffix;
        Optional<String> users = byName ? Optional.of(name) : host;
        return port.map(known -> Endpoint.of(
                users.orElse(internalHost), users.isPresent() ? known : Endpoint.SERVICE_PORT, Optional.of(name)));
    }

    private static boolean isBalanced(String type) {
        return type.equals("LoadBalancer");
    }
}
