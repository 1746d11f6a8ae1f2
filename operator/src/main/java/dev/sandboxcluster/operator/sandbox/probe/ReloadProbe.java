package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.operator.sandbox.Reloads;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out how one API server does with changes of its authentication configuration. It tells by its metrics alone
 * (k8s.io/apiserver, pkg/server/options/authenticationconfig/metrics), which are megabytes, so it is asked now and then,
 * and only as long as something is awaited.
 */
final class ReloadProbe {

    static final String METRIC = "apiserver_authentication_config_controller_automatic_reload_last_timestamp_seconds{";

    private static final int MOST_LINES = 64;
    private static final Pattern SAMPLE = Pattern.compile(".*status=\"(success|failure)\".*} ([0-9.e+]{1,32})");

    private final SandboxHttp http;
    private final Duration interval;
    private final Clock clock;

    /** Null: not yet. */
    private Instant askedAt;

    private volatile Optional<Reloads> latest = Optional.empty();

    /** @param interval how often to ask at most */
    ReloadProbe(SandboxHttp http, Duration interval, Clock clock) {
        this.http = http;
        this.interval = interval;
        this.clock = clock;
    }

    /** What is known; empty: nothing. */
    Optional<Reloads> latest() {
        return latest;
    }

    /** Brings {@link #latest} up to date, if it is time; leaves it when there is no answer to learn from. */
    Future<Void> run() {
        Instant now = clock.instant();
        if (askedAt != null && now.isBefore(askedAt.plus(interval))) {
            return Future.succeededFuture();
        }
        askedAt = now;
        List<String> lines = new ArrayList<>();
        return http.readMetrics(line -> {
                    if (line.startsWith(METRIC) && lines.size() < MOST_LINES) {
                        lines.add(line);
                    }
                })
                .onSuccess(all -> latest = Optional.of(new Reloads(last("success", lines), last("failure", lines))));
    }

    private static Optional<Instant> last(String status, List<String> lines) {
        return lines.stream()
                .map(SAMPLE::matcher)
                .filter(Matcher::matches)
                .filter(sample -> sample.group(1).equals(status))
                .map(sample -> Instant.ofEpochMilli((long) (Double.parseDouble(sample.group(2)) * 1000)))
                .max(Instant::compareTo);
    }
}
