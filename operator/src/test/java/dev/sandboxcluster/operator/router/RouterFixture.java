package dev.sandboxcluster.operator.router;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** A router on loopback, with routes that a test makes, sandboxes that are plain sockets, and clients that say hello. */
final class RouterFixture implements AutoCloseable {

    static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};
    static final byte[] INTERNAL_ERROR = {21, 3, 3, 0, 2, 2, 80};
    static final RouterLimits LIMITS = new RouterLimits(16 * 1024, Duration.ofSeconds(3), 30_000, 100, 30_000);
    static final RouterTimes TIMES = new RouterTimes(
            Duration.ofMillis(3000),
            Duration.ofMillis(500),
            Duration.ofMillis(300),
            Duration.ofMillis(1000),
            Duration.ofMillis(50),
            Duration.ofMillis(1000));

    final RouteTable table = new RouteTable();
    final Map<String, Integer> users = new ConcurrentHashMap<>();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Shared shared;
    final Router router;
    private long generation;

    RouterFixture() {
        this(LIMITS, TIMES, false);
    }

    RouterFixture(RouterLimits limits, RouterTimes times, boolean proxyProtocol) {
        this(limits, times, proxyProtocol, RouterLimits.heldBytes());
    }

    /** @param heldBytes how many bytes all connections may hold */
    RouterFixture(RouterLimits limits, RouterTimes times, boolean proxyProtocol, long heldBytes) {
        Users counting = new Users() {
            @Override
            public void opened(Route.Id sandbox) {
                users.merge(sandbox.name(), 1, Integer::sum);
            }

            @Override
            public void closed(Route.Id sandbox) {
                users.merge(sandbox.name(), -1, Integer::sum);
            }
        };
        shared = new Shared(table, limits, times, counting, new RouterMetrics(registry), heldBytes);
        table.listen(shared.open());
        router = new Router(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), shared, proxyProtocol, 1);
    }

    @Override
    public void close() {
        router.close();
    }

    /** The server name of a sandbox. */
    static String name(String sandbox) {
        return sandbox + ".team.sandboxes.internal";
    }

    static String quietName(String sandbox) {
        return sandbox + ".team.quiet.sandboxes.internal";
    }

    static Route.Id id(String sandbox) {
        return new Route.Id("team", sandbox, "uid-" + sandbox);
    }

    /** The route says so from now on. */
    void route(String sandbox, State state, InetSocketAddress... addresses) {
        route(id(sandbox), state, addresses);
    }

    void route(Route.Id id, State state, InetSocketAddress... addresses) {
        table.put(new Route(
                id,
                ++generation,
                Set.of(name(id.name())),
                Set.of(quietName(id.name())),
                List.of(addresses),
                state,
                Duration.ofSeconds(60),
                OptionalLong.empty(),
                Optional.empty()));
    }

    /** A sandbox that is awake. */
    Backend awake(String sandbox) throws IOException {
        Backend backend = new Backend();
        route(sandbox, State.Awake, backend.address());
        return backend;
    }

    double refused(Refused reason) {
        return registry.get("sandboxcluster.router.refused")
                .tag("reason", reason.label())
                .counter()
                .count();
    }

    double waiting() {
        return registry.get("sandboxcluster.router.waiting").gauge().value();
    }

    double held() {
        return registry.get("sandboxcluster.router.held").gauge().value();
    }

    int users(String sandbox) {
        return users.getOrDefault(sandbox, -1);
    }

    Socket client() throws IOException {
        Socket client =
                new Socket(InetAddress.getLoopbackAddress(), router.address().getPort());
        client.setSoTimeout(10_000);
        return client;
    }

    /** Connects and asks for a name. */
    Socket hello(String name) throws IOException {
        Socket client = client();
        client.getOutputStream().write(helloBytes(name));
        return client;
    }

    /** A client that has said hello is answered by the sandbox, whose side is returned. */
    static Socket converse(Socket client, Backend backend) throws IOException {
        Socket sandbox = backend.accept();
        assertThat(sandbox.getInputStream().readNBytes(5)).startsWith(22, 3);
        sandbox.getOutputStream().write("answer".getBytes(US_ASCII));
        assertThat(client.getInputStream().readNBytes(6)).isEqualTo("answer".getBytes(US_ASCII));
        return sandbox;
    }

    /** An address at which nothing listens. */
    static InetSocketAddress nobody() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return (InetSocketAddress) free.getLocalSocketAddress();
        }
    }

    /** @param name null: none */
    static byte[] helloBytes(String name) throws IOException {
        try {
            SSLEngine engine = SSLContext.getDefault().createSSLEngine();
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(name == null ? List.of() : List.of(new SNIHostName(name)));
            engine.setSSLParameters(parameters);
            ByteBuffer hello = ByteBuffer.allocate(32 * 1024);
            engine.wrap(ByteBuffer.allocate(0), hello);
            return Arrays.copyOf(hello.array(), hello.position());
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A sandbox's port. */
    static final class Backend implements AutoCloseable {

        private final ServerSocket socket;

        Backend() throws IOException {
            this(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        }

        Backend(InetSocketAddress address, int backlog) throws IOException {
            socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(address, backlog);
        }

        InetSocketAddress address() {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }

        Socket accept() throws IOException {
            socket.setSoTimeout(10_000);
            Socket accepted = socket.accept();
            accepted.setSoTimeout(10_000);
            return accepted;
        }

        boolean isUsed() throws IOException {
            socket.setSoTimeout(200);
            try {
                socket.accept().close();
                return true;
            } catch (SocketTimeoutException none) {
                return false;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    interface Io {
        void run() throws IOException;
    }

    /** Runs it beside the test, which may end before. */
    static Thread background(Io io) {
        Thread thread = new Thread(() -> {
            try {
                io.run();
            } catch (IOException ended) {
                // The test is over.
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
