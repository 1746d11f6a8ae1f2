package dev.sandboxcluster.operator.capability.workers.simulated.session;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationPlan;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationReport;
import dev.sandboxcluster.operator.sandbox.session.Care;
import dev.sandboxcluster.operator.sandbox.session.SandboxEventSource;
import dev.sandboxcluster.operator.sandbox.session.SandboxThreads;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import java.time.Clock;
import java.util.function.BooleanSupplier;

/** Makes the simulated Nodes of all sandboxes that have some. */
public final class SimulationEventSource extends SandboxEventSource<SimulationPlan, SimulationReport> {

    private final Clock clock;

    /**
     * Looks after nobody yet.
     *
     * @param primaries where a SandboxCluster isn't found that was deleted
     * @param leading whether sandboxes are this operator's business
     */
    public SimulationEventSource(
            SandboxThreads threads, Cache<SandboxCluster> primaries, BooleanSupplier leading, Clock clock) {
        super("simulated", SimulationReport.class, SimulationReport.UNKNOWN, threads, primaries, leading);
        this.clock = clock;
    }

    @Override
    protected Care<SimulationPlan, SimulationReport> care() {
        return new SimulationCare(clock);
    }
}
