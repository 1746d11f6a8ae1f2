package dev.sandboxcluster.operator;

import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.host.HostConnection;
import dev.sandboxcluster.operator.http.HttpEndpoints;
import dev.sandboxcluster.operator.metrics.ProcessMetrics;
import dev.sandboxcluster.operator.router.RouterMain;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the operator, or the router, with the settings of its environment. */
public final class Main {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private static final String ROUTER = "router";

    private Main() {}

    /** The entry point; with the argument {@code router} it is the router's. */
    public static void main(String[] arguments) {
        if (List.of(arguments).equals(List.of(ROUTER))) {
            RouterMain.main(new String[0]);
            return;
        }
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
        PrometheusMeterRegistry metrics = ProcessMetrics.registry();
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
}
