package dev.sandboxcluster.operator.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;

/** How long users wait: {@code sandboxcluster_start_seconds}, a histogram. */
public final class StartTimes {

    private static final List<Long> BUCKET_SECONDS = List.of(2L, 3L, 5L, 8L, 13L, 21L, 60L, 180L);

    private final Timer timer;

    /** Registers the histogram. */
    public StartTimes(MeterRegistry registry) {
        timer = Timer.builder("sandboxcluster.start")
                .description("From the creation of a SandboxCluster, known to the second, to its first Ready")
                .serviceLevelObjectives(
                        BUCKET_SECONDS.stream().map(Duration::ofSeconds).toArray(Duration[]::new))
                .register(registry);
    }

    /** Counts a cluster that got Ready for the first time. */
    public void record(Duration fromCreationToReady) {
        timer.record(fromCreationToReady);
    }
}
