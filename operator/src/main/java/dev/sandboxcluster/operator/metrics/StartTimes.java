package dev.sandboxcluster.operator.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** How long users wait: {@code sandboxcluster_start_seconds}, a histogram. */
public final class StartTimes {

    private static final Duration[] BUCKETS = {
        Duration.ofSeconds(2),
        Duration.ofSeconds(3),
        Duration.ofSeconds(5),
        Duration.ofSeconds(8),
        Duration.ofSeconds(13),
        Duration.ofSeconds(21),
        Duration.ofSeconds(60),
        Duration.ofSeconds(180)
    };

    private final Timer timer;

    /** Registers the histogram. */
    public StartTimes(MeterRegistry registry) {
        timer = Timer.builder("sandboxcluster.start")
                .description("From the creation of a SandboxCluster, known to the second, to its first Ready")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    /** Counts a cluster that got Ready for the first time. */
    public void record(Duration fromCreationToReady) {
        timer.record(fromCreationToReady);
    }
}
