package dev.sandboxcluster.operator.capability.bootstrap;

import dev.sandboxcluster.operator.capability.access.Access;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapPlan;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport;
import dev.sandboxcluster.operator.capability.bootstrap.session.BootstrapEventSource;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import dev.sandboxcluster.operator.verdict.Outcome;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.util.Optional;

/** Hands what is to be in a sandbox to those who apply it there, and says whether it is there. */
public final class BootstrapStage {

    private final BootstrapEventSource sessions;

    /** @param sessions who applies it, beside the reconciler */
    public BootstrapStage(BootstrapEventSource sessions) {
        this.sessions = sessions;
    }

    /**
     * Waits for nothing, and asks nobody.
     *
     * @param settings empty: nothing is to be there
     * @param dialled what was seen at the published URL; empty: nobody dials
     */
    public Outcome<Void> run(
            Round round, Optional<BootstrapSettings> settings, Access access, Optional<Observation> dialled) {
        if (settings.isEmpty()) {
            sessions.forget(round.id());
            return Outcome.of(null);
        }
        Optional<SandboxAccess> operator = access.operator(round.sandbox())
                .filter(any -> dialled.flatMap(Observation::available).isPresent());
        Optional<BootstrapReport> report =
                operator.map(reached -> sessions.observe(round.id(), plan(round, settings.get(), reached)));
        return BootstrapCheck.check(round.situation(), report);
    }

    private static BootstrapPlan plan(Round round, BootstrapSettings settings, SandboxAccess access) {
        String life = round.situation()
                .container()
                .map(ContainerStatus::getContainerID)
                .orElse("");
        return new BootstrapPlan(access, new BootstrapPlan.Wish(round.sandbox(), life, settings.manifests()));
    }
}
