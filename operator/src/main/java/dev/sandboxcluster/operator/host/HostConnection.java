package dev.sandboxcluster.operator.host;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.time.Duration;

/** How the host cluster's API is talked to. */
public final class HostConnection {

    /** At first; up to 32 times as long while it does not answer. */
    private static final Duration RECONNECT = Duration.ofMillis(250);

    private HostConnection() {}

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
