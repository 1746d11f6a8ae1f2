package dev.sandboxcluster.operator.capability.workers.external.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.operator.credentials.ClientCertificate;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.credentials.KeyPairPem;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KubeletProbeTest {

    private final AtomicInteger dripping = new AtomicInteger();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private Vertx vertx;
    private SandboxSession sandbox;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        HttpServer server = vertx.createHttpServer()
                .requestHandler(this::answer)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        ClusterPki pki = ClusterPki.mint("demo", Instant.now());
        KeyPairPem client =
                ClientCertificate.mint(pki.clientCa(), "admin", "admins", Instant.now(), Duration.ofDays(1));
        sandbox = new SandboxSession(
                new VertxHttpClientFactory(),
                new SandboxAccess(
                        URI.create("http://127.0.0.1:" + server.actualPort()),
                        null,
                        pki.serverCaCertificate(),
                        client.certificate(),
                        client.privateKey()),
                timer);
    }

    @AfterEach
    void stop() {
        sandbox.close();
        vertx.close();
        timer.shutdownNow();
    }

    @Test
    void kubeletsThatDripHoldUpNoOther() {
        KubeletProbe probe = new KubeletProbe();
        Set<String> nodes =
                IntStream.range(0, 24).mapToObj(i -> "a-dripping-" + i).collect(Collectors.toCollection(TreeSet::new));
        nodes.add("z-prompt");

        await().atMost(Duration.ofSeconds(30)).until(() -> {
            Instant begun = Instant.now();
            probe.probe(sandbox, nodes, Clock.systemUTC(), () -> {});
            assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(4));
            return probe.reachable("z-prompt").equals(Optional.of(true));
        });
        assertThat(dripping).hasValueGreaterThanOrEqualTo(16);
    }

    /** As the API server hands on what a kubelet sends: the beginning, and then a byte every four seconds. */
    private void answer(HttpServerRequest request) {
        if (request.path().contains("prompt")) {
            request.response().end("ok");
            return;
        }
        dripping.incrementAndGet();
        request.response().setChunked(true).write("o");
        long drops = vertx.setPeriodic(4000, any -> request.response().write("k"));
        request.response().exceptionHandler(gone -> vertx.cancelTimer(drops));
        request.response().closeHandler(gone -> vertx.cancelTimer(drops));
    }
}
