package dev.sandboxcluster.operator.capability.workers.external.policy;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The names and addresses that no node may have. The CA that signs kubelets' serving certificates is the one by which
 * clients know the API server, so these are all that anybody may call the API server by; besides, the names of Services
 * and the addresses that mean another machine to everybody.
 */
public final class Reserved {

    private static final String BROADCAST = "255.255.255.255";

    private static final String BELOW = ".";

    private final Set<Host> controlPlane;
    private final List<String> domains;

    private Reserved(Set<Host> controlPlane, List<String> domains) {
        this.controlPlane = controlPlane;
        this.domains = domains;
    }

    /**
     * With what is particular to a cluster.
     *
     * @param controlPlane names and addresses, mixed: the endpoint's, the certificate's further names, the pod's, the
     *     first address of the sandbox's service range; a name that begins with a dot stands for all names below it
     */
    public static Reserved of(Collection<String> controlPlane) {
        Map<Boolean, List<String>> parts =
                controlPlane.stream().collect(Collectors.partitioningBy(name -> name.startsWith(BELOW)));
        return new Reserved(
                parts.get(false).stream().map(Host::of).collect(Collectors.toUnmodifiableSet()), parts.get(true));
    }

    boolean covers(Host host) {
        return controlPlane.contains(host)
                || host.address().map(Reserved::isSpecial).orElseGet(() -> isSpecial(host.name()));
    }

    private boolean isSpecial(String name) {
        return name.equals("kubernetes")
                || name.startsWith("kubernetes.")
                || name.equals("k3s")
                || name.equals("localhost")
                || name.startsWith("localhost.")
                || name.endsWith(".localhost")
                || name.endsWith(".svc")
                || name.endsWith(".cluster.local")
                || domains.stream().anyMatch(name::endsWith);
    }

    private static boolean isSpecial(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isMulticastAddress()
                || address.getHostAddress().equals(BROADCAST);
    }
}
