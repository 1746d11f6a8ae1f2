package dev.sandboxcluster.operator.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Serves {@code /livez}, {@code /readyz} and {@code /metrics} to the kubelet and to Prometheus. */
public final class HttpEndpoints implements AutoCloseable {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService executor;

    /**
     * Starts to serve.
     *
     * @param port 0: any free one
     * @param live whether the operator still watches the host cluster; if not, it should be restarted
     * @param ready whether its caches are filled
     * @param metrics the metrics in Prometheus's text format
     * @throws IOException if the port cannot be bound
     */
    public HttpEndpoints(int port, BooleanSupplier live, BooleanSupplier ready, Supplier<String> metrics)
            throws IOException {
        server = HttpServer.create(new InetSocketAddress(port), 0);
        executor = Executors.newFixedThreadPool(2, task -> {
            Thread thread = new Thread(task, "http");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(executor);
        server.createContext("/livez", exchange -> health(exchange, live));
        server.createContext("/readyz", exchange -> health(exchange, ready));
        server.createContext("/metrics", exchange -> respond(exchange, 200, PROMETHEUS, metrics.get()));
        server.start();
    }

    /** The port on which it serves. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdown();
    }

    private static void health(HttpExchange exchange, BooleanSupplier healthy) throws IOException {
        boolean ok = healthy.getAsBoolean();
        respond(exchange, ok ? 200 : 503, TEXT, ok ? "ok" : "not ok");
    }

    private static void respond(HttpExchange exchange, int code, String contentType, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(code, bytes.length);
        try (exchange) {
            exchange.getResponseBody().write(bytes);
        }
    }
}
