package dev.sandboxcluster.operator.host;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.vertx.ext.web.client.WebClientOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How the host cluster's API is talked to. */
public final class HostConnection {

    /** At first; up to 32 times as long while it does not answer. */
    private static final Duration RECONNECT = Duration.ofMillis(250);

    /** Something is heard of every watch once a minute (k8s.io/apiserver, storage/cacher, bookmarkFrequency). */
    private static final Duration SILENCE = Duration.ofSeconds(150);

    private HostConnection() {}

    /**
     * The HTTP client for it. A connection on which nothing is heard is given up, as it is where a node or a firewall
     * forgot it and nobody says so: its changes would not be seen until the watch ends, 5 to 10 minutes later.
     */
    public static HttpClient.Factory http() {
        return http(SILENCE);
    }

    /** The same, with another patience. */
    public static HttpClient.Factory http(Duration silence) {
        return new VertxHttpClientFactory() {
            @Override
            protected void additionalConfig(WebClientOptions options) {
                options.setIdleTimeoutUnit(TimeUnit.SECONDS).setReadIdleTimeout((int) silence.toSeconds());
            }
        };
    }

    /**
     * What the client would try again by itself, for minutes, might be done when another operator leads by then: who sent
     * a request tries again, if it still wants to. Watches are back 8 s after the API at the latest.
     */
    public static Config settings(ConfigBuilder access) {
        return access.withRequestRetryBackoffLimit(0)
                .withWatchReconnectInterval((int) RECONNECT.toMillis())
                .build();
    }
}
