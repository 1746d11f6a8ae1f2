package dev.sandboxcluster.operator.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Serves {@code /livez}, {@code /readyz} and {@code /metrics} to the kubelet and to Prometheus, on one event loop: a
 * request that was begun and not finished holds up no other, and is dropped after a while.
 */
public final class HttpEndpoints implements AutoCloseable {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final int IDLE_SECONDS = 10;
    private static final long PATIENCE_SECONDS = 10;

    private final BooleanSupplier live;
    private final BooleanSupplier ready;
    private final Supplier<String> metrics;
    private final Vertx vertx;
    private final HttpServer server;

    /**
     * Starts to serve.
     *
     * @param port 0: any free one
     * @param live whether the operator does its work, or will once it can; if not, it should be restarted
     * @param ready whether its caches are filled
     * @param metrics the metrics in Prometheus's text format
     * @throws IOException if the port cannot be bound
     */
    public HttpEndpoints(int port, BooleanSupplier live, BooleanSupplier ready, Supplier<String> metrics)
            throws IOException {
        this.live = live;
        this.ready = ready;
        this.metrics = metrics;
        vertx = Vertx.vertx(EventLoops.options(1, 1));
        server = await(vertx.createHttpServer(new HttpServerOptions().setIdleTimeout(IDLE_SECONDS))
                .requestHandler(this::answer)
                .listen(port));
    }

    /** The port on which it serves. */
    public int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        vertx.close();
    }

    private void answer(HttpServerRequest request) {
        switch (request.path()) {
            case "/livez" -> health(request, live);
            case "/readyz" -> health(request, ready);
            // Writing them takes long enough for a probe to notice.
            case "/metrics" ->
                vertx.executeBlocking(metrics::get)
                        .onSuccess(text -> respond(request, 200, PROMETHEUS, text))
                        .onFailure(failure -> respond(request, 500, TEXT, "not ok"));
            default -> respond(request, 404, TEXT, "not found");
        }
    }

    private static void health(HttpServerRequest request, BooleanSupplier healthy) {
        boolean ok = healthy.getAsBoolean();
        respond(request, ok ? 200 : 503, TEXT, ok ? "ok" : "not ok");
    }

    private static void respond(HttpServerRequest request, int code, String contentType, String body) {
        request.response()
                .setStatusCode(code)
                .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
                .end(body);
    }

    private static <T> T await(Future<T> future) throws IOException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the port was bound", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the port cannot be bound", e);
        }
    }
}
