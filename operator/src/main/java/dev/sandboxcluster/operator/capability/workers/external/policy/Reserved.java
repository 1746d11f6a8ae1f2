package dev.sandboxcluster.operator.capability.workers.external.policy;

import java.net.InetAddress;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The names and addresses that no node may have. The CA that signs kubelets' serving certificates is the one by which
 * clients know the API server, so these are all that anybody may call the API server by; besides, the names of Services
 * and the addresses that mean another machine to everybody.
 */
public final class Reserved {

    private static final String BROADCAST = "255.255.255.255";

    private final Set<Host> controlPlane;

    private Reserved(Set<Host> controlPlane) {
        this.controlPlane = controlPlane;
    }

    /**
     * With what is particular to a cluster.
     *
     * @param controlPlane names and addresses, mixed: the endpoint's, the certificate's further names, the pod's, the
     *     first address of the sandbox's service range
     */
    public static Reserved of(Collection<String> controlPlane) {
        return new Reserved(controlPlane.stream().map(Host::of).collect(Collectors.toUnmodifiableSet()));
    }

    boolean covers(Host host) {
        return controlPlane.contains(host)
                || host.address().map(Reserved::isSpecial).orElseGet(() -> isSpecial(host.name()));
    }

    private static boolean isSpecial(String name) {
        return name.equals("kubernetes")
                || name.startsWith("kubernetes.")
                || name.equals("k3s")
                || name.equals("localhost")
                || name.startsWith("localhost.")
                || name.endsWith(".localhost")
                || name.endsWith(".svc")
                || name.endsWith(".cluster.local");
    }

    private static boolean isSpecial(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isMulticastAddress()
                || address.getHostAddress().equals(BROADCAST);
    }
}
