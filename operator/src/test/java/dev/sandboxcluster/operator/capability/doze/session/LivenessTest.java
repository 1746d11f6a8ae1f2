package dev.sandboxcluster.operator.capability.doze.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sandboxcluster.operator.LaterClock;
import dev.sandboxcluster.operator.capability.doze.plan.Silence;
import dev.sandboxcluster.operator.k3s.K3s;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each test has an address of its own: the port is a control plane's. */
class LivenessTest {

    private static final ResourceID ID = new ResourceID("demo", "team");
    private static final Duration LOOKED = Duration.ofSeconds(7);

    private final AtomicInteger asked = new AtomicInteger();
    private final Vertx loop = Vertx.vertx();
    private final Liveness liveness = new Liveness(() -> loop, Clock.systemUTC());

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void whoIsNotReachedIsNotKnownToBeSilent() {
        liveness.look(ID, "c1", "127.65.0.1");

        await().during(Duration.ofSeconds(1)).atMost(LOOKED).until(() -> liveness.silence(ID, "c1")
                .isEmpty());
    }

    @Test
    void whoTakesConnectionsAndSaysNothingIsSilent() throws Exception {
        try (ServerSocket stopped = new ServerSocket()) {
            stopped.bind(new InetSocketAddress("127.65.0.2", K3s.API_PORT));

            liveness.look(ID, "c1", "127.65.0.2");

            await().atMost(LOOKED).until(() -> liveness.silence(ID, "c1").isPresent());
            assertThat(liveness.silence(ID, "c2")).as("another container").isEmpty();
            liveness.forget(ID);
            assertThat(liveness.silence(ID, "c1")).isEmpty();
        }
    }

    /** As one that hangs does when the queue of those that it doesn't take is full. */
    @Test
    void whoWasSilentStaysSoWhenNobodyGetsThroughAnyMore() throws Exception {
        LaterClock clock = new LaterClock();
        Liveness later = new Liveness(() -> loop, clock);
        try (ServerSocket stopped = new ServerSocket()) {
            stopped.bind(new InetSocketAddress("127.65.0.5", K3s.API_PORT), 1);
            later.look(ID, "c1", "127.65.0.5");
            await().atMost(LOOKED).until(() -> later.silence(ID, "c1").isPresent());
            Optional<Instant> since = later.silence(ID, "c1").map(Silence::from);
            List<Socket> waiting = new ArrayList<>();
            try {
                while (waiting.size() < 16 && isTaken(waiting, stopped.getLocalSocketAddress())) {}
                assertThat(waiting).hasSizeLessThan(16);

                clock.by = Duration.ofSeconds(11);
                later.look(ID, "c1", "127.65.0.5");

                await().atMost(LOOKED)
                        .until(() -> later.silence(ID, "c1").map(Silence::looks).equals(Optional.of(2)));
                assertThat(later.silence(ID, "c1").map(Silence::from)).isEqualTo(since);
            } finally {
                for (Socket socket : waiting) {
                    socket.close();
                }
            }
        }
    }

    private static boolean isTaken(List<Socket> waiting, SocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, 500);
            waiting.add(socket);
            return true;
        } catch (SocketTimeoutException full) {
            socket.close();
            return false;
        }
    }

    @Test
    void whoSaysThatItIsBrokenIsAsGoodAsSilent(@TempDir Path keys) throws Exception {
        HttpsServer server = server("127.65.0.3", 500, keys);
        try {
            liveness.look(ID, "c1", "127.65.0.3");

            await().atMost(LOOKED).until(() -> liveness.silence(ID, "c1").isPresent());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whoAnswersLivesWhateverItsCertificate(@TempDir Path keys) throws Exception {
        HttpsServer server = server("127.65.0.4", 200, keys);
        try {
            liveness.look(ID, "c1", "127.65.0.4");

            await().atMost(LOOKED).until(() -> asked.get() == 1);
            await().during(Duration.ofMillis(500))
                    .until(() -> liveness.silence(ID, "c1").isEmpty());
        } finally {
            server.stop(0);
        }
    }

    private HttpsServer server(String address, int status, Path keys) throws Exception {
        Path store = keys.resolve("keys");
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=nobody")
                .redirectErrorStream(true)
                .start()
                .waitFor();
        KeyStore loaded = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            loaded.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(loaded, "changeit".toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(address, K3s.API_PORT), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/livez", exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        return server;
    }
}
