package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.sandbox.session.Care;
import dev.sandboxcluster.operator.sandbox.session.SandboxEventSource;
import dev.sandboxcluster.operator.sandbox.session.SandboxThreads;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import java.time.Clock;
import java.util.function.BooleanSupplier;

/** Looks after the external workers of all sandboxes that have some. */
public final class WorkerEventSource extends SandboxEventSource<WorkerPlan, WorkerReport> {

    private final Clock clock;

    /**
     * Looks after nobody yet.
     *
     * @param primaries where a SandboxCluster isn't found that was deleted
     * @param leading whether sandboxes are this operator's business
     */
    public WorkerEventSource(
            SandboxThreads threads, Cache<SandboxCluster> primaries, BooleanSupplier leading, Clock clock) {
        super("workers", WorkerReport.class, WorkerReport.UNKNOWN, threads, primaries, leading);
        this.clock = clock;
    }

    @Override
    protected Care<WorkerPlan, WorkerReport> care() {
        return new WorkerCare(clock);
    }
}
