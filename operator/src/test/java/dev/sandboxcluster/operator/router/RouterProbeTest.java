package dev.sandboxcluster.operator.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.operator.sandbox.probe.RouterProbe;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An operator that asks whether the router is there. */
class RouterProbeTest {

    private static final Duration OFTEN = Duration.ofMillis(100);

    private final Vertx loop = Vertx.vertx();
    private final AtomicInteger changes = new AtomicInteger();
    private volatile Optional<InetSocketAddress> address = Optional.empty();
    private final RouterProbe probe = new RouterProbe(
            loop,
            OFTEN,
            () -> address.map(known -> new RouterProbe.Asked(
                    known.getAddress().getHostAddress(), known.getPort(), "nobody.sandboxes.internal")),
            changes::incrementAndGet,
            Clock.systemUTC());

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void theRouterAnswersAsLongAsItIsThere() {
        try (RouterFixture fixture = new RouterFixture()) {
            address = Optional.of(fixture.router.address());
            await().until(() -> probe.answersSince().isPresent());
            Instant since = probe.answersSince().orElseThrow();

            await().during(OFTEN.multipliedBy(5))
                    .until(() -> probe.answersSince().equals(Optional.of(since)));
            assertThat(changes).hasValue(1);
        }

        await().until(() -> probe.silentSince().isPresent());
        assertThat(probe.answersSince()).isEmpty();
        assertThat(changes).hasValue(2);

        address = Optional.empty();
        await().until(() -> probe.silentSince().isEmpty());
        assertThat(changes).hasValue(3);
    }

    @Test
    void whoeverElseIsThereIsNoRouter() throws Exception {
        try (ServerSocket other = new ServerSocket(0)) {
            address = Optional.of(new InetSocketAddress("127.0.0.1", other.getLocalPort()));
            other.accept().close();
            other.accept().close();

            await().until(() -> probe.silentSince().isPresent());
            assertThat(probe.answersSince()).isEmpty();
        }
    }
}
