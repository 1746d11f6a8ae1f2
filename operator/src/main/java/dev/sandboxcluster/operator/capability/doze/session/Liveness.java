package dev.sandboxcluster.operator.capability.doze.session;

import dev.sandboxcluster.operator.k3s.K3s;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Looks whether control planes live that no kubelet looks at: at the pod's own address, past everything that may be wrong
 * with the way of their users, and as a kubelet does, whoever answers.
 */
public final class Liveness {

    /** A kubelet's, of the probe that is not there. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration REACHED_WITHIN = Duration.ofSeconds(2);

    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final int FIRST_ERROR = 400;

    private final Map<ResourceID, Look> looks = new ConcurrentHashMap<>();
    private final Clock clock;
    private HttpClient http;

    /**
     * The looks at one container.
     *
     * @param at when the last one began
     * @param silentSince when the first of those began to which nobody answered; empty: somebody does, or it is not known
     */
    private record Look(String containerID, Instant at, Optional<Instant> silentSince) {}

    /** Looks at nobody yet. */
    public Liveness(Clock clock) {
        this.clock = clock;
    }

    /**
     * Looks again, unless that was done a moment ago; waits for nothing.
     *
     * @param address the pod's
     */
    public void look(ResourceID id, String containerID, String address) {
        Instant now = clock.instant();
        Look before = looks.get(id);
        boolean same = before != null && before.containerID().equals(containerID);
        if (same && now.isBefore(before.at().plus(PAUSE))) {
            return;
        }
        looks.put(id, new Look(containerID, now, same ? before.silentSince() : Optional.empty()));
        reach(address)
                .thenCompose(reached -> ask(address))
                .handle((answer, failure) ->
                        failure == null ? answer.statusCode() >= FIRST_ERROR : isSilence(unwrapped(failure)))
                .thenAccept(silent -> looks.computeIfPresent(
                        id,
                        (any, look) -> look.containerID().equals(containerID)
                                ? new Look(
                                        containerID,
                                        look.at(),
                                        silent ? look.silentSince().or(() -> Optional.of(now)) : Optional.empty())
                                : look));
    }

    private CompletableFuture<HttpResponse<Void>> ask(String address) {
        String host = address.contains(":") ? "[" + address + "]" : address;
        return client().sendAsync(
                        HttpRequest.newBuilder(URI.create("https://" + host + ":" + K3s.API_PORT + "/livez"))
                                .build(),
                        BodyHandlers.discarding())
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A connection alone: the JDK's client doesn't tell one that isn't taken from one in which nobody speaks TLS. */
    private static CompletableFuture<Void> reach(String address) {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        AsynchronousSocketChannel connection;
        try {
            connection = AsynchronousSocketChannel.open();
        } catch (IOException e) {
            return CompletableFuture.failedFuture(new NotReachedException());
        }
        connection.connect(new InetSocketAddress(address, K3s.API_PORT), reached, new Reached());
        return reached.orTimeout(REACHED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .handle((any, failure) -> {
                    try {
                        connection.close();
                    } catch (IOException e) {
                        // It ends all the same.
                    }
                    if (failure != null) {
                        throw new CompletionException(new NotReachedException());
                    }
                    return any;
                });
    }

    private static final class Reached implements CompletionHandler<Void, CompletableFuture<Void>> {

        @Override
        public void completed(Void nothing, CompletableFuture<Void> reached) {
            reached.complete(null);
        }

        @Override
        public void failed(Throwable failure, CompletableFuture<Void> reached) {
            reached.completeExceptionally(failure);
        }
    }

    private static final class NotReachedException extends IOException {

        private static final long serialVersionUID = 1L;
    }

    /** Since when nobody answers there; empty: somebody does, or it is not known. */
    public Optional<Instant> silentSince(ResourceID id, String containerID) {
        return Optional.ofNullable(looks.get(id))
                .filter(look -> look.containerID().equals(containerID))
                .flatMap(Look::silentSince);
    }

    /** Forgets what was seen of one. */
    public void forget(ResourceID id) {
        looks.remove(id);
    }

    /** Forgets all. */
    public void forgetAll() {
        looks.clear();
    }

    /** Who isn't reached at all may live behind a network that is broken; one that ended is the kubelet's business. */
    private static boolean isSilence(Throwable failure) {
        return !(failure instanceof NotReachedException || failure instanceof ConnectException);
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
    }

    private synchronized HttpClient client() {
        if (http == null) {
            try {
                SSLContext tls = SSLContext.getInstance("TLS");
                tls.init(null, new TrustManager[] {new Anybody()}, null);
                http = HttpClient.newBuilder()
                        .sslContext(tls)
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
        return http;
    }

    /** As a kubelet, which asks for no name either: nothing is told to who answers. */
    private static final class Anybody extends X509ExtendedTrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
