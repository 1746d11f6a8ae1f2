package dev.sandboxcluster.operator;

import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.host.HostConnection;
import dev.sandboxcluster.operator.http.HttpEndpoints;
import io.fabric8.kubernetes.client.ConfigBuilder;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the operator with the settings of its environment. */
public final class Main {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    /** The entry point; takes no arguments. */
    public static void main(String[] arguments) {
        try {
            start();
        } catch (IOException | RuntimeException e) {
            LOG.error("The operator does not start, and ends: {}", e.getMessage(), e);
            // Threads that were begun would keep a process alive that does nothing.
            System.exit(1);
        }
    }

    private static void start() throws IOException {
        OperatorConfig config = OperatorConfig.from(System.getenv());
        PrometheusMeterRegistry metrics = metrics();
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(HostConnection.settings(new ConfigBuilder()))
                .withHttpClientFactory(HostConnection.http())
                .build();
        SandboxClusterOperator operator = new SandboxClusterOperator(client, config, metrics, Clock.systemUTC());
        HttpEndpoints http = new HttpEndpoints(config.httpPort(), operator::live, operator::ready, metrics::scrape);
        operator.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            operator.close();
            http.close();
            client.close();
        }));
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
