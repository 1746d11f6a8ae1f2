package dev.sandboxcluster.operator.it;

import dev.sandboxcluster.operator.SandboxClusterOperator;
import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.host.HostConnection;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The operator as it runs in its pod, with its own service account's permissions, in this process. */
final class RunningOperator implements AutoCloseable {

    private final KubernetesClient client;
    private final SandboxClusterOperator operator;

    private RunningOperator(KubernetesClient client, Map<String, String> environment) {
        this(client, environment, Clock.systemUTC());
    }

    private RunningOperator(KubernetesClient client, Map<String, String> environment, Clock clock) {
        this.client = client;
        operator =
                new SandboxClusterOperator(client, OperatorConfig.from(environment), new SimpleMeterRegistry(), clock);
        try {
            operator.start();
        } catch (RuntimeException failed) {
            close();
            throw failed;
        }
    }

    boolean live() {
        return operator.live();
    }

    boolean leading() {
        return operator.leading();
    }

    static RunningOperator start(HostCluster host) {
        return start(host, Map.of());
    }

    static RunningOperator start(HostCluster host, Map<String, String> environment) {
        return start(host.operator(), environment);
    }

    /** With other permissions than those of the operator that serves all namespaces. */
    static RunningOperator start(Config permissions, Map<String, String> environment) {
        return new RunningOperator(client(permissions, null), environment);
    }

    /** One that gives up a connection after so long a silence. */
    static RunningOperator hearingNothingFor(Duration silence, Config permissions) {
        return new RunningOperator(
                new KubernetesClientBuilder()
                        .withConfig(HostConnection.settings(new ConfigBuilder(permissions)))
                        .withHttpClientFactory(HostConnection.http(silence))
                        .build(),
                Map.of());
    }

    /** An operator that is cut off from the host cluster at its {@code writes}-th writing request, as if killed there. */
    static RunningOperator dyingAtWrite(HostCluster host, Death death) {
        return new RunningOperator(client(host.operator(), death), Map.of());
    }

    static RunningOperator dyingAtWrite(HostCluster host, Death death, Map<String, String> environment) {
        return new RunningOperator(client(host.operator(), death), environment);
    }

    /** An operator whose every request is told to a test. */
    static RunningOperator heard(HostCluster host, Interceptor requests) {
        return new RunningOperator(client(host.operator(), requests), Map.of());
    }

    /** An operator on a machine with another time. */
    static RunningOperator living(HostCluster host, Clock clock) {
        return new RunningOperator(client(host.operator(), null), Map.of(), clock);
    }

    /** An operator that hears of what happens to SandboxClusters, its own writes included, when the test lets it. */
    static RunningOperator hearing(HostCluster host, LateWatches watches) {
        return new RunningOperator(
                new KubernetesClientBuilder()
                        .withConfig(HostConnection.settings(new ConfigBuilder(host.operator())))
                        .withHttpClientFactory(watches)
                        .build(),
                Map.of());
    }

    /** The same as {@link #dyingAtWrite}, of one that hears late of everything. */
    static RunningOperator dyingAtWrite(HostCluster host, Death death, LateWatches watches) {
        return new RunningOperator(
                new KubernetesClientBuilder()
                        .withConfig(host.operator())
                        .withHttpClientFactory(watches)
                        .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("DEATH", death))
                        .build(),
                Map.of());
    }

    @Override
    public void close() {
        operator.close();
        client.close();
    }

    private static KubernetesClient client(Config config, Interceptor interceptor) {
        KubernetesClientBuilder builder =
                new KubernetesClientBuilder().withConfig(HostConnection.settings(new ConfigBuilder(config)));
        if (interceptor != null) {
            builder.withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("DEATH", interceptor));
        }
        return builder.build();
    }

    /** Lets a number of writing requests through, and sends every later one to nowhere. */
    static final class Death implements Interceptor {

        private static final Set<String> WRITES = Set.of("POST", "PUT", "PATCH");

        private final AtomicInteger left;
        private final CountDownLatch happened = new CountDownLatch(1);

        Death(int writes) {
            left = new AtomicInteger(writes);
        }

        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            if (WRITES.contains(request.method()) && left.getAndDecrement() <= 0) {
                happened.countDown();
                builder.uri(java.net.URI.create("http://127.0.0.1:1/"));
            }
        }

        /** Waits until a request was cut off; false: there were no more writes. */
        boolean await(int seconds) throws InterruptedException {
            return happened.await(seconds, TimeUnit.SECONDS);
        }
    }
}
