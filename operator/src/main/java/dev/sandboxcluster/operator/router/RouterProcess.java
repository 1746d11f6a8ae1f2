package dev.sandboxcluster.operator.router;

import dev.sandboxcluster.operator.http.HttpEndpoints;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A router with all that it needs, from its start to its orderly end. */
final class RouterProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RouterProcess.class);
    private static final Duration LOOK = Duration.ofMillis(200);

    private static final int MOST_LOOPS = 8;

    private final RouterSettings settings;
    private final RouterMetrics metrics;
    private final RouteTable table = new RouteTable();
    private final RouteWatch watch;
    private final Reporter reporter;
    private final Shared shared;
    private final Router router;
    private final InetSocketAddress internal;
    private final HttpEndpoints http;
    private final CountDownLatch never = new CountDownLatch(1);
    private volatile boolean ending;

    /**
     * Starts it.
     *
     * @throws IOException if a port cannot be bound
     */
    RouterProcess(KubernetesClient client, RouterSettings settings, PrometheusMeterRegistry registry, Clock clock)
            throws IOException {
        this.settings = settings;
        metrics = new RouterMetrics(registry);
        metrics.routes(registry, table::size);
        reporter = new Reporter(table, new StatusWriter(client), this::disconnect, metrics, clock);
        shared = new Shared(table, settings.limits(), RouterTimes.DEFAULT, reporter, metrics);
        table.listen(shared.open());
        table.listen(reporter);
        watch = new RouteWatch(client, settings.watchNamespaces(), table);
        router = new Router(
                new InetSocketAddress(settings.port()),
                shared,
                settings.proxyProtocol(),
                Math.min(MOST_LOOPS, Runtime.getRuntime().availableProcessors()));
        internal = router.listen(new InetSocketAddress(settings.internalPort()), false);
        http = new HttpEndpoints(settings.httpPort(), watch::running, this::ready, registry::scrape);
    }

    private void disconnect(Route.Id sandbox) {
        shared.open().end(sandbox);
    }

    /** Where clients connect. */
    InetSocketAddress address() {
        return router.address();
    }

    /** Where clients connect that are pods of the host cluster, without PROXY protocol. */
    InetSocketAddress internalAddress() {
        return internal;
    }

    /** Where it says how it does. */
    int httpPort() {
        return http.port();
    }

    /** Whether it knows where sandboxes are, can say who is there, and doesn't end. */
    boolean ready() {
        return !ending && watch.complete() && reporter.heard();
    }

    /**
     * Ends it as the settings have it: it isn't ready at once, takes connections for a while yet, and goes on with those
     * that there are until their grace is over.
     */
    @Override
    public void close() {
        ending = true;
        long end = System.nanoTime()
                + settings.grace().minus(settings.lastSeconds()).toNanos();
        pause(settings.drain());
        router.stopAccepting();
        while (router.connections() > 0 && System.nanoTime() < end) {
            pause(LOOK);
        }
        LOG.info("The router ends, with {} connections", router.connections());
        router.close();
        watch.close();
        reporter.close();
        http.close();
    }

    private void pause(Duration duration) {
        try {
            never.await(duration.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
