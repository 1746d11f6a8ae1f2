package dev.sandboxcluster.operator.router;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;

/** A router for operators that are tested beside it. */
public final class RunningRouter implements AutoCloseable {

    private final RouterProcess process;

    private RunningRouter(RouterProcess process) {
        this.process = process;
    }

    /** One of this namespace. */
    public static RunningRouter start(KubernetesClient client, String namespace) throws IOException {
        return new RunningRouter(new RouterProcess(
                client,
                RouterSettings.from(Map.of(
                        "ROUTER_PORT", "0",
                        "ROUTER_INTERNAL_PORT", "0",
                        "HTTP_PORT", "0",
                        "ROUTER_DRAIN", "0",
                        "ROUTER_GRACE", "0",
                        "WATCH_NAMESPACES", namespace)),
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
