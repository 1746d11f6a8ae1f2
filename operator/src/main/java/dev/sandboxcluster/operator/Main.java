package dev.sandboxcluster.operator;

import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.http.HttpEndpoints;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;

/** Starts the operator with the settings of its environment. */
public final class Main {

    private Main() {}

    /** The entry point; takes no arguments. */
    public static void main(String[] arguments) throws IOException {
        OperatorConfig config = OperatorConfig.from(System.getenv());
        PrometheusMeterRegistry metrics = metrics();
        KubernetesClient client = new KubernetesClientBuilder().build();
        SandboxClusterOperator operator = new SandboxClusterOperator(client, config, metrics, Clock.systemUTC());
        HttpEndpoints http = new HttpEndpoints(config.httpPort(), operator::live, operator::ready, metrics::scrape);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            operator.close();
            http.close();
            client.close();
        }));
        operator.start();
    }

    private static PrometheusMeterRegistry metrics() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        // Listens to the garbage collector for as long as the process lives.
        @SuppressWarnings("resource")
        JvmGcMetrics collections = new JvmGcMetrics();
        collections.bindTo(registry);
        return registry;
    }
}
