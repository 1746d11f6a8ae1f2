package dev.sandboxcluster.operator.config;

import java.util.Map;
import java.util.Optional;

/**
 * The router that the chart installed.
 *
 * @param suffix {@code ROUTER_SUFFIX}: the end of all names that it serves
 * @param byName {@code ROUTER_BY_NAME}: whether there is a wildcard DNS record for these names
 * @param namespace {@code LEASE_NAMESPACE}: of its Service
 * @param service {@code ROUTER_SERVICE}: its Service
 * @param host of {@code ROUTER_ADDRESS}, {@code host} or {@code host:port}: where users reach it, if that isn't told by the
 *     Service; empty: what the Service tells
 * @param port of the same
 */
public record RouterSettings(
        String suffix,
        boolean byName,
        String namespace,
        String service,
        Optional<String> host,
        Optional<Integer> port) {

    /** Empty: there is no router. */
    static Optional<RouterSettings> from(Map<String, String> environment) {
        String address = environment.getOrDefault("ROUTER_ADDRESS", "");
        int colon = address.lastIndexOf(':');
        boolean hasPort = colon > address.lastIndexOf(']');
        String host = hasPort ? address.substring(0, colon) : address;
        return Optional.ofNullable(environment.get("ROUTER_SERVICE"))
                .filter(service -> !service.isEmpty())
                .map(service -> new RouterSettings(
                        environment.get("ROUTER_SUFFIX"),
                        Boolean.parseBoolean(environment.get("ROUTER_BY_NAME")),
                        environment.get("LEASE_NAMESPACE"),
                        service,
                        Optional.of(host.replaceAll("[\\[\\]]", "")).filter(known -> !known.isEmpty()),
                        Optional.of(address)
                                .filter(any -> hasPort)
                                .map(any -> Integer.valueOf(address.substring(colon + 1)))));
    }
}
