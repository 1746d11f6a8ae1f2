package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.operator.sandbox.Heap;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds out now and then how full a sandbox's heap is, from the metrics of its API server. These are long, and costly to
 * make: hence rarely, and again sooner only where something was wrong.
 */
final class HeapLook {

    private static final String LIVE = "go_gc_heap_live_bytes";
    private static final String GOAL = "go_gc_heap_goal_bytes";
    private static final String LIMIT = "go_gc_gomemlimit_bytes";

    private final SandboxHttp http;
    private final ProbeSettings settings;
    private final Clock clock;

    private Optional<Heap> latest = Optional.empty();
    /** Null: never was there an answer. */
    private Instant dueAt;

    HeapLook(SandboxHttp http, ProbeSettings settings, Clock clock) {
        this.http = http;
        this.settings = settings;
        this.clock = clock;
    }

    /** As last seen; empty: not seen yet, or the API server doesn't say. */
    Optional<Heap> latest() {
        return latest;
    }

    /** Looks, if it is time to; an answer that doesn't come, or makes no sense, leaves what was known. */
    Future<Void> run() {
        if (dueAt == null) {
            dueAt = clock.instant().plus(settings.heapRecheck());
        }
        if (clock.instant().isBefore(dueAt)) {
            return Future.succeededFuture();
        }
        dueAt = clock.instant().plus(settings.heapLook());
        Map<String, Long> seen = new HashMap<>();
        return http.within(settings.heartbeatTimeout(), () -> http.readMetrics(line -> note(line, seen)))
                .transform(ended -> {
                    if (seen.size() == 3) {
                        latest = Optional.of(Heap.of(seen.get(LIVE), seen.get(GOAL), seen.get(LIMIT)));
                    }
                    if (latest.filter(Heap::crowded).isPresent()) {
                        dueAt = clock.instant().plus(settings.heapRecheck());
                    }
                    return Future.succeededFuture();
                });
    }

    /** A line of the Prometheus text format: a name, a space, a number. */
    private static void note(String line, Map<String, Long> seen) {
        Stream.of(LIVE, GOAL, LIMIT)
                .filter(name -> line.startsWith(name + " "))
                .forEach(name -> number(line.substring(name.length() + 1)).ifPresent(bytes -> seen.put(name, bytes)));
    }

    private static Optional<Long> number(String text) {
        try {
            double value = Double.parseDouble(text);
            return value > 0 ? Optional.of((long) value) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
