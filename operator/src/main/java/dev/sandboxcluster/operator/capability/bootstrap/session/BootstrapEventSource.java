package dev.sandboxcluster.operator.capability.bootstrap.session;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapPlan;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport;
import dev.sandboxcluster.operator.sandbox.session.Care;
import dev.sandboxcluster.operator.sandbox.session.SandboxEventSource;
import dev.sandboxcluster.operator.sandbox.session.SandboxThreads;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import java.time.Clock;
import java.util.function.BooleanSupplier;

/** Sees to what is to be in all sandboxes whose specs want anything there. */
public final class BootstrapEventSource extends SandboxEventSource<BootstrapPlan, BootstrapReport> {

    private final HostSources sources;
    private final Clock clock;

    /**
     * Looks after nobody yet.
     *
     * @param sources who reads what specs name
     * @param primaries where a SandboxCluster isn't found that was deleted
     * @param leading whether sandboxes are this operator's business
     */
    public BootstrapEventSource(
            SandboxThreads threads,
            HostSources sources,
            Cache<SandboxCluster> primaries,
            BooleanSupplier leading,
            Clock clock) {
        super("bootstrap", BootstrapReport.class, BootstrapReport.UNKNOWN, threads, primaries, leading);
        this.sources = sources;
        this.clock = clock;
    }

    @Override
    protected Care<BootstrapPlan, BootstrapReport> care() {
        return new BootstrapCare(sources, clock);
    }
}
