package dev.sandboxcluster.operator.capability.workers.external;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.NodeReason;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How the external workers do. */
public final class WorkersCheck {

    private static final int NAMED = 3;

    private WorkersCheck() {}

    /**
     * The verdict on {@code WorkersReady}; pure.
     *
     * @param problem what keeps machines from joining, whatever the sandbox says
     * @param reached whether the operator reaches the sandbox's API now
     * @param lastKnown the verdict to stay with, as the operator has not looked yet
     */
    public static Outcome<Joined> check(
            Optional<Verdict> problem, boolean reached, Joined joined, Optional<Verdict> lastKnown) {
        return Outcome.of(joined)
                .reporting(
                        ConditionType.WorkersReady,
                        problem.or(() -> lastKnown)
                                .orElseGet(() -> verdict(
                                        joined.external().report(),
                                        reached,
                                        joined.joinSecrets().values())));
    }

    private static Verdict verdict(WorkerReport report, boolean reached, Collection<String> joinSecrets) {
        if (!reached) {
            return Verdict.unknown(
                    Reason.CONTROL_PLANE_NOT_RUNNING,
                    "The control plane does not answer. Pods on the nodes go on running, and nodes come back by"
                            + " themselves when it does");
        }
        if (report.failure().isPresent()) {
            return report.failure()
                    .get()
                    .verdict(
                            "looks after the nodes",
                            "the nodes",
                            "Delete Nodes, certificate requests or Secrets of join tokens that nobody needs");
        }
        if (joinSecrets.isEmpty()) {
            return Verdict.fails(Reason.PREPARING, "The operator prepares the cluster for machines to join");
        }
        List<NodeVerdict> flawed = report.nodes().stream()
                .filter(node -> !node.reason().equals(NodeReason.READY))
                .toList();
        if (!flawed.isEmpty()) {
            return Verdict.fails(
                    Reason.NODES_NEED_ATTENTION,
                    flawed.size() + " of " + report.nodes().size() + " nodes need attention: "
                            + flawed.stream()
                                    .limit(NAMED)
                                    .map(node -> node.name() + " (" + node.reason() + ")")
                                    .collect(Collectors.joining(", "))
                            + (flawed.size() > NAMED ? ", …" : "") + "; status.workers.problems tells more");
        }
        return report.nodes().isEmpty()
                ? Verdict.fails(
                        Reason.NO_WORKERS,
                        "No machine has joined yet; what one needs is in Secret "
                                + joinSecrets.stream().sorted().collect(Collectors.joining(", ")))
                : Verdict.holds(Reason.ALL_NODES_READY, "All " + report.nodes().size() + " nodes are Ready");
    }
}
