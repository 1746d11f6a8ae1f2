package dev.sandboxcluster.operator.capability.bootstrap.session;

import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapPlan;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport.Failure;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import dev.sandboxcluster.operator.sandbox.session.Care;
import java.time.Clock;
import java.time.Duration;

/** Sees to what is to be in one sandbox. */
final class BootstrapCare implements Care<BootstrapPlan, BootstrapReport> {

    private final HostSources sources;
    private final Clock clock;

    private BootstrapPlan plan;
    private Progress progress = new Progress();
    private BootstrapReport last = BootstrapReport.UNKNOWN;
    private Duration next = Duration.ZERO;

    BootstrapCare(HostSources sources, Clock clock) {
        this.sources = sources;
        this.clock = clock;
    }

    @Override
    public SandboxAccess access(BootstrapPlan wanted) {
        return wanted.access();
    }

    @Override
    public synchronized void follow(BootstrapPlan wanted) {
        if (plan == null || !plan.wish().equals(wanted.wish())) {
            progress = new Progress();
        }
        plan = wanted;
    }

    @Override
    public synchronized BootstrapReport outdated(BootstrapReport report) {
        return report.under(plan.wish());
    }

    @Override
    public synchronized Pass<BootstrapReport> begin(BootstrapPlan wanted, Runnable onChange) {
        Progress mine = progress;
        return (session, allowance) ->
                ended(wanted, new BootstrapPass(wanted, sources, mine, clock, session, allowance).run());
    }

    private synchronized BootstrapReport ended(BootstrapPlan begunBy, BootstrapPass.Result result) {
        last = result.report().orElseGet(() -> last.under(begunBy.wish()));
        next = result.next();
        return last;
    }

    @Override
    public synchronized BootstrapReport failed(BootstrapReport latest, String reason, String why) {
        String object = progress.at();
        return latest.failed(new Failure(reason, object.isEmpty() ? why : object + ": " + why));
    }

    @Override
    public synchronized Duration untilNext(BootstrapReport report) {
        return next;
    }
}
