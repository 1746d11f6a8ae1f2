package dev.sandboxcluster.operator.capability.workers.simulated;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.SimulatedWorkersStatus;
import dev.sandboxcluster.api.v1alpha1.WorkersStatus;
import dev.sandboxcluster.operator.capability.access.Access;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationPlan;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationPlan.Wish;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationReport;
import dev.sandboxcluster.operator.capability.workers.simulated.session.SimulationEventSource;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import dev.sandboxcluster.operator.verdict.Outcome;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.util.Optional;

/** Has kwok configured, and hands what Nodes are wanted to those who make them. */
public final class SimulatedWorkersStage {

    private final SimulationEventSource sessions;

    /** @param sessions who makes Nodes, beside the reconciler */
    public SimulatedWorkersStage(SimulationEventSource sessions) {
        this.sessions = sessions;
    }

    /** Writes what kwok reads when the pod starts; one request at most. */
    public static Outcome<Void> configure(Round round, Optional<SimulatedSettings> settings) {
        return Outcome.written(settings.flatMap(simulated -> round.host()
                .tryApply(SimulationConfigMap.desired(round.sandbox(), simulated))
                .problem()));
    }

    /**
     * Waits for nothing, and asks nobody.
     *
     * @param settings empty: no workers are simulated
     * @param version of the API server; empty: the operator does not reach it
     * @return empty: none are, and none were before
     */
    public Optional<Outcome<SimulatedWorkersStatus>> run(
            Round round, Optional<SimulatedSettings> settings, Access access, Optional<String> version) {
        Optional<SandboxAccess> operator = access.operator(round.sandbox()).filter(any -> version.isPresent());
        return settings.map(simulated -> SimulatedWorkersCheck.check(
                        round.situation(),
                        simulated,
                        operator.map(reached -> sessions.observe(
                                round.id(),
                                new SimulationPlan(
                                        reached,
                                        new Wish(
                                                life(round),
                                                simulated.count(),
                                                !simulated.others(),
                                                simulated.metrics(),
                                                simulated.template(version.orElseThrow()),
                                                simulated.webhooks()))))))
                .or(() -> withdraw(round, operator));
    }

    /** After simulated workers were turned off, their Nodes are deleted once the sandbox answers. */
    private Optional<Outcome<SimulatedWorkersStatus>> withdraw(Round round, Optional<SandboxAccess> operator) {
        Optional<SimulatedWorkersStatus> before =
                Optional.ofNullable(round.previous().workers()).map(WorkersStatus::simulated);
        Optional<SimulationReport> report = before.flatMap(any -> operator)
                .map(reached -> sessions.observe(round.id(), SimulationPlan.withdrawal(reached, life(round))));
        if (before.isEmpty() || report.filter(SimulationReport::withdrawn).isPresent()) {
            sessions.forget(round.id());
            return Optional.empty();
        }
        return before.map(Outcome::of).map(waiting -> report.map(SimulationReport::callouts)
                .flatMap(WebhooksCheck::withdrawing)
                .map(why -> waiting.reporting(ConditionType.WebhooksAnswered, why))
                .orElse(waiting));
    }

    private static String life(Round round) {
        return round.situation()
                .container()
                .map(ContainerStatus::getContainerID)
                .orElse("");
    }
}
