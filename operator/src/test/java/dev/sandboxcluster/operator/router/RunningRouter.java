package dev.sandboxcluster.operator.router;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/** A router for operators that are tested beside it. */
public final class RunningRouter implements AutoCloseable {

    /** Ports that are free, and an end at once. */
    static final Map<String, String> ENVIRONMENT = Map.of(
            "ROUTER_PORT", "0",
            "ROUTER_INTERNAL_PORT", "0",
            "HTTP_PORT", "0",
            "ROUTER_DRAIN", "0",
            "ROUTER_GRACE", "0");

    private final RouterProcess process;

    private RunningRouter(RouterProcess process) {
        this.process = process;
    }

    /** One of this namespace. */
    public static RunningRouter start(KubernetesClient client, String namespace) throws IOException {
        Map<String, String> environment = new HashMap<>(ENVIRONMENT);
        environment.put("WATCH_NAMESPACES", namespace);
        return new RunningRouter(new RouterProcess(
                client,
                RouterSettings.from(environment),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                Clock.systemUTC()));
    }

    /** Where clients connect. */
    public String address() {
        return "127.0.0.1:" + process.address().getPort();
    }

    @Override
    public void close() {
        process.close();
    }
}
