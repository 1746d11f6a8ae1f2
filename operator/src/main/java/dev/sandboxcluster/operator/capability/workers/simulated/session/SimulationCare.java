package dev.sandboxcluster.operator.capability.workers.simulated.session;

import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationPlan;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationReport;
import dev.sandboxcluster.operator.sandbox.Failure;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import dev.sandboxcluster.operator.sandbox.session.Care;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Makes the simulated Nodes of one sandbox. */
final class SimulationCare implements Care<SimulationPlan, SimulationReport> {

    private final Clock clock;

    private SimulationPlan plan;
    /** Whether the StorageClass and what stands for a metrics server were made, or found, in this life of the control plane. */
    private AtomicBoolean furnished = new AtomicBoolean();

    private Callouts callouts;

    private Duration next = Duration.ZERO;

    SimulationCare(Clock clock) {
        this.clock = clock;
        this.callouts = new Callouts(clock);
    }

    @Override
    public SandboxAccess access(SimulationPlan wanted) {
        return wanted.access();
    }

    @Override
    public synchronized void follow(SimulationPlan wanted) {
        if (plan == null || !plan.wish().life().equals(wanted.wish().life())) {
            furnished = new AtomicBoolean();
            callouts = new Callouts(clock);
        }
        plan = wanted;
    }

    @Override
    public synchronized SimulationReport outdated(SimulationReport report) {
        return report.outdated();
    }

    @Override
    public synchronized Pass<SimulationReport> begin(SimulationPlan wanted, Runnable onChange) {
        AtomicBoolean mine = furnished;
        Callouts asked = callouts;
        return (session, allowance) -> ended(session.within(
                allowance,
                () -> new SimulationPass(wanted.wish(), session, mine, asked, clock, allowance, onChange).run()));
    }

    private synchronized SimulationReport ended(SimulationPass.Result result) {
        next = result.next();
        return result.report();
    }

    @Override
    public synchronized SimulationReport failed(SimulationReport latest, String reason, String why) {
        return latest.failed(new Failure(reason, why), callouts.latest());
    }

    @Override
    public synchronized Duration untilNext(SimulationReport report) {
        return next;
    }
}
