package dev.sandboxcluster.operator.sandbox.probe;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** One sandbox and one prober for every test. */
abstract class ProberFixture {

    private final ProbeSettings settings;
    private Vertx vertx;

    TestSandbox sandbox;
    TestProber probe;

    ProberFixture(ProbeSettings settings) {
        this.settings = settings;
    }

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        sandbox = new TestSandbox(vertx, new TestAuthority("server-ca"), "localhost");
        probe = new TestProber(settings);
    }

    @AfterEach
    void stop() {
        probe.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
