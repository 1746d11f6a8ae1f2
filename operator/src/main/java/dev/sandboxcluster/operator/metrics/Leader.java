package dev.sandboxcluster.operator.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.BooleanSupplier;

/** Tells which of several operators leads. */
public final class Leader {

    private Leader() {}

    /** Registers the gauge. */
    public static void register(MeterRegistry registry, BooleanSupplier leading) {
        Gauge.builder("sandboxcluster.leader", () -> leading.getAsBoolean() ? 1 : 0)
                .description("1: this operator leads; 0: it stands by")
                .strongReference(true)
                .register(registry);
    }
}
