package dev.sandboxcluster.operator.capability.workers.simulated;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SimulatedWorkersStatus;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.CalloutReport;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationReport;
import dev.sandboxcluster.operator.objects.Containers;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.util.Optional;

/**
 * How the simulated workers do. Until all of them were Ready once since the control plane was started, the sandbox is not
 * Ready; what happens to them later is told by the condition alone.
 */
public final class SimulatedWorkersCheck {

    private SimulatedWorkersCheck() {}

    /**
     * The verdicts on {@code SimulatedWorkersReady} and {@code WebhooksAnswered}, of which the latter is in nobody's way; pure. The value: what {@code status.workers.simulated} says.
     *
     * @param report empty: the operator does not reach the sandbox
     */
    public static Outcome<SimulatedWorkersStatus> check(
            Situation situation, SimulatedSettings settings, Optional<SimulationReport> report) {
        Optional<Verdict> lastKnown = situation.lastKnownOfThisSpec(ConditionType.SimulatedWorkersReady);
        Verdict verdict = failing(situation, report.isPresent())
                .or(() -> report.map(seen -> verdict(settings, seen, lastKnown)))
                .or(() -> lastKnown)
                .orElseGet(() -> Verdict.unknown(
                        Reason.CONTROL_PLANE_NOT_RUNNING,
                        "The control plane does not answer; simulated workers are made when it does"));
        return Outcome.of(status(situation, report))
                .reporting(ConditionType.SimulatedWorkersReady, verdict)
                .reporting(
                        ConditionType.WebhooksAnswered,
                        WebhooksCheck.check(
                                settings.ignoreWebhooks(),
                                report.map(SimulationReport::callouts).orElse(CalloutReport.UNKNOWN),
                                situation.lastKnownOfThisSpec(ConditionType.WebhooksAnswered)))
                .withProblem(Optional.of(verdict)
                        .filter(found -> !found.met())
                        .filter(found -> !situation.wasReadyWith(ConditionType.SimulatedWorkersReady)));
    }

    private static SimulatedWorkersStatus status(Situation situation, Optional<SimulationReport> report) {
        return report.filter(SimulationReport::looked)
                .map(seen -> new SimulatedWorkersStatus(seen.nodes(), seen.ready()))
                .or(() -> Optional.ofNullable(situation.previous().workers()).map(last -> last.simulated()))
                .orElseGet(() -> new SimulatedWorkersStatus(0, 0));
    }

    private static Verdict verdict(SimulatedSettings settings, SimulationReport report, Optional<Verdict> lastKnown) {
        if (report.failure().isPresent()) {
            return report.failure().get().verdict("makes simulated nodes", "simulated nodes", "");
        }
        if (!report.looked()) {
            return lastKnown.orElseGet(() -> Verdict.fails(
                    Reason.SIMULATED_WORKERS_STARTING, "Simulated nodes are being made as the spec wants them"));
        }
        if (!report.taken().isEmpty()) {
            return Verdict.fails(
                    Reason.NODE_NAME_TAKEN,
                    report.nodes() + " of " + settings.count()
                            + " simulated nodes are there; the others' names are taken by"
                            + " Nodes that aren't simulated, which the operator leaves alone: "
                            + String.join(", ", report.taken())
                            + ". Delete these Nodes, or let their machines join by another name");
        }
        if (report.nodes() < settings.count()) {
            return starting(settings, report);
        }
        return report.ready() < report.nodes()
                ? Verdict.fails(
                        Reason.SIMULATED_NODES_NOT_READY,
                        report.ready() + " of " + report.nodes() + " simulated nodes are Ready; not Ready: "
                                + String.join(", ", report.notReady())
                                + (report.nodes() - report.ready()
                                                > report.notReady().size()
                                        ? ", …"
                                        : ""))
                : Verdict.holds(
                        Reason.SIMULATED_WORKERS_READY,
                        "All " + report.nodes() + " simulated nodes are Ready. Pods on them are simulated: no container"
                                + " runs");
    }

    private static Verdict starting(SimulatedSettings settings, SimulationReport report) {
        return Verdict.fails(
                Reason.SIMULATED_WORKERS_STARTING,
                report.nodes() + " of " + settings.count() + " simulated nodes are there, the others follow");
    }

    /**
     * Whether what simulates doesn't run.
     *
     * @param reached whether the control plane answers: as long as it doesn't, what simulates has nobody to ask, and ends
     */
    private static Optional<Verdict> failing(Situation situation, boolean reached) {
        Optional<ContainerStatus> container =
                situation.lastingPod().flatMap(pod -> Containers.status(SimulationContainer.NAME, pod));
        Optional<ContainerStateWaiting> waiting = container.flatMap(Containers::heldUp);
        if (waiting.filter(Containers::lacksImage).isPresent()) {
            return Optional.of(Verdict.fails(
                    Reason.SIMULATION_FAILING,
                    "The node cannot pull " + container.get().getImage()
                            + ", which simulates the workers; the operator's chart names it by simulation.image: "
                            + Optional.ofNullable(waiting.get().getMessage())
                                    .orElse(waiting.get().getReason())));
        }
        return container
                .flatMap(Containers::exit)
                .map(end -> "OOMKilled".equals(end.getReason())
                        ? "it used up its memory: have fewer simulated nodes, or fewer pods on them"
                        : "it exited with code " + end.getExitCode())
                .or(() -> waiting.map(wait -> wait.getReason() + ": "
                        + Optional.ofNullable(wait.getMessage()).orElse("no more is known")))
                .filter(any -> reached)
                .map(what -> Verdict.fails(
                        Reason.SIMULATION_FAILING,
                        "The container simulation in the control plane's pod doesn't run, so pods on simulated nodes stay as"
                                + " they are; it is started again: " + what));
    }
}
