package dev.sandboxcluster.operator.host;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * The host cluster's clock, by which it writes when an object was created: that of the machine on which the operator runs
 * may be set wrong, or be moved. The API server says its time in each answer (RFC 9110, 6.6.1); it is asked when the last
 * time was so long ago that the two may have parted.
 */
public final class HostClock {

    private static final Duration KEPT = Duration.ofMinutes(5);
    private static final long PATIENCE_SECONDS = 10;

    private final KubernetesClient client;
    private final LongSupplier nanoTime;
    private Known known;

    /** What was told, and when. */
    private record Known(Instant time, long nanos) {
        Duration age(long now) {
            return Duration.ofNanos(now - nanos);
        }
    }

    /** @param nanoTime of a clock that is never set */
    public HostClock(KubernetesClient client, LongSupplier nanoTime) {
        this.client = client;
        this.nanoTime = nanoTime;
    }

    /**
     * The time, to a second; one request at most.
     *
     * @throws KubernetesClientException if the host cluster does not tell
     */
    public synchronized Instant now() {
        if (known == null || known.age(nanoTime.getAsLong()).compareTo(KEPT) > 0) {
            known = new Known(ask(), nanoTime.getAsLong());
        }
        return known.time().plus(known.age(nanoTime.getAsLong()));
    }

    private Instant ask() {
        var http = client.getHttpClient();
        URI version = URI.create(client.getMasterUrl().toString()).resolve("version");
        try {
            HttpResponse<String> answer = http.sendAsync(
                            http.newHttpRequestBuilder().uri(version).build(), String.class)
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return answer.headers("Date").stream()
                    .findFirst()
                    .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant())
                    .orElseThrow(() -> new KubernetesClientException("The host cluster's API doesn't say its time"));
        } catch (ExecutionException | TimeoutException unreachable) {
            throw new KubernetesClientException("The host cluster's API doesn't say its time", unreachable);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new KubernetesClientException("Stopped while asking for the time", stopped);
        }
    }
}
