package dev.sandboxcluster.operator.router;

import dev.sandboxcluster.operator.host.HostConnection;
import dev.sandboxcluster.operator.metrics.ProcessMetrics;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the router with the settings of its environment. */
public final class RouterMain {

    private static final Logger LOG = LoggerFactory.getLogger(RouterMain.class);
    /** A report that hangs holds up the next of its sandbox, which is tried again then. */
    private static final int REQUEST_MILLIS = 5_000;

    private RouterMain() {}

    /** The entry point; takes no arguments. */
    public static void main(String[] arguments) {
        try {
            start();
        } catch (IOException | RuntimeException e) {
            LOG.error("The router does not start, and ends: {}", e.getMessage(), e);
            // Threads that were begun would keep a process alive that does nothing.
            System.exit(1);
        }
    }

    private static void start() throws IOException {
        RouterSettings settings = RouterSettings.from(System.getenv());
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(HostConnection.settings(new ConfigBuilder().withRequestTimeout(REQUEST_MILLIS)))
                .withHttpClientFactory(HostConnection.http())
                .build();
        RouterProcess router = new RouterProcess(client, settings, ProcessMetrics.registry(), Clock.systemUTC());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            router.close();
            client.close();
        }));
        LOG.info("The router listens on {}", router.address());
    }
}
