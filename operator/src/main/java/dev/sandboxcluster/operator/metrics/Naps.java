package dev.sandboxcluster.operator.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;

/**
 * How often sandboxes doze, {@code sandboxcluster_naps_total}, and how long who wakes one waits for the operator:
 * {@code sandboxcluster_wake_seconds}, a histogram.
 */
public final class Naps {

    private static final List<Long> BUCKET_MILLIS = List.of(50L, 100L, 200L, 300L, 500L, 1000L, 2000L, 5000L);

    private final Counter naps;
    private final Timer wakes;

    /** Registers both. */
    public Naps(MeterRegistry registry) {
        naps = Counter.builder("sandboxcluster.naps")
                .description("Times that the processes of a sandbox were stopped, as nobody was connected")
                .register(registry);
        wakes = Timer.builder("sandboxcluster.wake")
                .description("From the operator's decision to wake a sandbox until its processes went on")
                .serviceLevelObjectives(
                        BUCKET_MILLIS.stream().map(Duration::ofMillis).toArray(Duration[]::new))
                .register(registry);
    }

    /** Counts a sandbox that fell asleep. */
    public void fellAsleep() {
        naps.increment();
    }

    /** Counts one that woke. */
    public void woke(Duration taken) {
        wakes.record(taken);
    }
}
