package dev.sandboxcluster.operator.router;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The router's settings. Each is an environment variable that the Helm chart sets.
 *
 * @param port {@code ROUTER_PORT}: where clients connect
 * @param internalPort {@code ROUTER_INTERNAL_PORT}: where pods of the host cluster connect, at all times without the PROXY
 *     protocol
 * @param httpPort {@code HTTP_PORT}: serves /livez, /readyz and /metrics
 * @param watchNamespaces {@code WATCH_NAMESPACES}, comma separated: whose sandboxes it serves; empty: all
 * @param proxyProtocol {@code PROXY_PROTOCOL}: whether each connection begins with the PROXY protocol, version 1 or 2
 * @param limits {@code ROUTER_MAX_CONNECTIONS}, {@code ROUTER_MAX_CONNECTIONS_PER_SANDBOX} and
 *     {@code ROUTER_MAX_CONNECTIONS_PER_SOURCE}
 * @param drain {@code ROUTER_DRAIN}, in seconds: how long new connections are taken when it is to end, while those that
 *     send them here hear of it
 * @param grace {@code ROUTER_GRACE}, in seconds: after how long it is killed, the pod's terminationGracePeriodSeconds. Open
 *     connections go on until shortly before
 */
record RouterSettings(
        int port,
        int internalPort,
        int httpPort,
        Set<String> watchNamespaces,
        boolean proxyProtocol,
        RouterLimits limits,
        Duration drain,
        Duration grace) {

    private static final Duration LAST = Duration.ofSeconds(3);

    /** Reads the settings from an environment, with defaults for what is not set. */
    static RouterSettings from(Map<String, String> environment) {
        RouterLimits usual = RouterLimits.DEFAULT;
        return new RouterSettings(
                number(environment, "ROUTER_PORT", 8443),
                number(environment, "ROUTER_INTERNAL_PORT", 8444),
                number(environment, "HTTP_PORT", 8080),
                words(environment.getOrDefault("WATCH_NAMESPACES", "")),
                Boolean.parseBoolean(environment.getOrDefault("PROXY_PROTOCOL", "false")),
                new RouterLimits(
                        usual.helloBytes(),
                        usual.helloTime(),
                        number(environment, "ROUTER_MAX_CONNECTIONS", usual.connections()),
                        number(environment, "ROUTER_MAX_CONNECTIONS_PER_SANDBOX", usual.perSandbox()),
                        number(environment, "ROUTER_MAX_CONNECTIONS_PER_SOURCE", usual.perSource())),
                Duration.ofSeconds(number(environment, "ROUTER_DRAIN", 5)),
                Duration.ofSeconds(number(environment, "ROUTER_GRACE", 30)));
    }

    /** What it takes to end everything in order. */
    Duration lastSeconds() {
        return LAST;
    }

    private static int number(Map<String, String> environment, String name, int usual) {
        String text = environment.getOrDefault(name, "");
        try {
            return text.isEmpty() ? usual : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is no number: " + text, e);
        }
    }

    private static Set<String> words(String list) {
        return Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }
}
