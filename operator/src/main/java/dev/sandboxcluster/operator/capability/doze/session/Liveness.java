package dev.sandboxcluster.operator.capability.doze.session;

import dev.sandboxcluster.operator.capability.doze.plan.Silence;
import dev.sandboxcluster.operator.k3s.K3s;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

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

    private final Map<ResourceID, Looks> looks = new ConcurrentHashMap<>();
    private final Supplier<Vertx> loop;
    private final Clock clock;
    private HttpClient http;

    /**
     * The looks at one container.
     *
     * @param at when the last one began
     * @param known when the last one began of which is known what came of it
     * @param silence of those; empty: somebody answers, or it is not known
     */
    private record Looks(String containerID, Instant at, Instant known, Optional<Silence> silence) {

        Looks begun(Instant now) {
            return new Looks(containerID, now, known, silence);
        }

        /** @param silent empty: nobody got through */
        Looks ended(Instant begun, Optional<Boolean> silent) {
            // One that ends late says nothing of later ones.
            if (begun.isBefore(known)) {
                return this;
            }
            Optional<Silence> longer = silence.map(before -> before.until(begun));
            return new Looks(
                    containerID,
                    at,
                    begun,
                    silent.map(found -> found
                                    ? longer.or(() -> Optional.of(new Silence(begun, begun, 1)))
                                    : Optional.<Silence>empty())
                            .orElse(longer));
        }
    }

    /**
     * Looks at nobody yet.
     *
     * @param loop where its connections are, asked for with the first of them
     */
    public Liveness(Supplier<Vertx> loop, Clock clock) {
        this.loop = loop;
        this.clock = clock;
    }

    /**
     * Looks again, unless that was done a moment ago; waits for nothing.
     *
     * @param address the pod's
     */
    public void look(ResourceID id, String containerID, String address) {
        Instant now = clock.instant();
        Looks before = looks.get(id);
        boolean same = before != null && before.containerID().equals(containerID);
        if (same && now.isBefore(before.at().plus(PAUSE))) {
            return;
        }
        looks.compute(
                id,
                (any, look) -> look != null && look.containerID().equals(containerID)
                        ? look.begun(now)
                        : new Looks(containerID, now, Instant.MIN, Optional.empty()));
        ask(address)
                .map(status -> Optional.of(status >= FIRST_ERROR))
                .otherwise(Liveness::isSilence)
                .onSuccess(silent -> looks.computeIfPresent(
                        id, (any, look) -> look.containerID().equals(containerID) ? look.ended(now, silent) : look));
    }

    /** @return the status of the answer, whose body nobody waits for */
    private Future<Integer> ask(String address) {
        return client().request(new RequestOptions()
                        .setHost(address)
                        .setPort(K3s.API_PORT)
                        .setURI("/livez")
                        .setIdleTimeout(PATIENCE.toMillis()))
                .compose(HttpClientRequest::send)
                .map(answer -> {
                    answer.request().connection().close();
                    return answer.statusCode();
                });
    }

    /** How long nobody has answered there; empty: somebody does, or it is not known. */
    public Optional<Silence> silence(ResourceID id, String containerID) {
        return Optional.ofNullable(looks.get(id))
                .filter(look -> look.containerID().equals(containerID))
                .flatMap(Looks::silence);
    }

    /** Forgets what was seen of one. */
    public void forget(ResourceID id) {
        looks.remove(id);
    }

    /** Forgets all. */
    public void forgetAll() {
        looks.clear();
    }

    /**
     * Who isn't reached at all may live behind a network that is broken; one that ended is the kubelet's business. Empty:
     * nothing new is known. One that hangs takes no connections any more as soon as so many wait as may.
     */
    private static Optional<Boolean> isSilence(Throwable failure) {
        return failure instanceof ConnectTimeoutException
                ? Optional.empty()
                : Optional.of(!(failure instanceof ConnectException || failure instanceof NoRouteToHostException));
    }

    /** As a kubelet it trusts anybody, and asks for no name: nothing is told to who answers. */
    private synchronized HttpClient client() {
        if (http == null) {
            http = loop.get()
                    .createHttpClient(new HttpClientOptions()
                            .setSsl(true)
                            .setTrustAll(true)
                            .setVerifyHost(false)
                            .setKeepAlive(false)
                            .setConnectTimeout((int) REACHED_WITHIN.toMillis())
                            .setSslHandshakeTimeout(PATIENCE.toMillis())
                            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS));
        }
        return http;
    }
}
