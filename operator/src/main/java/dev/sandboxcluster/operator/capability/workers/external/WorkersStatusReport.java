package dev.sandboxcluster.operator.capability.workers.external;

import dev.sandboxcluster.api.v1alpha1.NodeReason;
import dev.sandboxcluster.api.v1alpha1.WorkerGroupStatus;
import dev.sandboxcluster.api.v1alpha1.WorkerProblem;
import dev.sandboxcluster.api.v1alpha1.WorkersStatus;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict;
import dev.sandboxcluster.operator.verdict.Line;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Puts together {@code status.workers}; pure, from scratch every time. */
public final class WorkersStatusReport {

    private static final int PROBLEMS = 50;
    private static final int VERSIONS = 10;

    private WorkersStatusReport() {}

    /**
     * The status.
     *
     * @param previous what was reported last: of a sandbox that this operator has not seen yet, it is all that is known
     */
    public static WorkersStatus of(Optional<WorkerSettings> settings, Joined joined, Optional<WorkersStatus> previous) {
        boolean external = settings.map(WorkerSettings::external)
                .orElseGet(() -> previous.filter(WorkersStatus::external).isPresent());
        if (!external) {
            return WorkersStatus.EMPTY;
        }
        WorkersStatus seen = of(settings, joined.external());
        return previous.filter(WorkersStatus::external)
                .filter(last -> settings.isPresent() && !joined.report().known())
                .map(last -> new WorkersStatus(
                        seen.endpoint(), last.nodes(), last.ready(), groups(seen, last), last.problems(), null, null))
                .orElse(seen);
    }

    private static List<WorkerGroupStatus> groups(WorkersStatus seen, WorkersStatus last) {
        return seen.groups().stream()
                .map(group -> Optional.ofNullable(last.groups()).orElse(List.of()).stream()
                        .filter(other -> other.name().equals(group.name()))
                        .findFirst()
                        .orElse(group))
                .toList();
    }

    private static WorkersStatus of(Optional<WorkerSettings> settings, Joined joined) {
        List<NodeVerdict> nodes = joined.report().nodes();
        return new WorkersStatus(
                joined.address().orElse(null),
                nodes.size(),
                ready(nodes),
                settings.map(WorkerSettings::groups).orElse(List.of()).stream()
                        .map(group -> group(group.name(), joined))
                        .toList(),
                Stream.concat(
                                nodes.stream()
                                        .filter(node -> !node.reason().equals(NodeReason.READY))
                                        .map(WorkersStatusReport::problem),
                                joined.report().refusals().stream().map(WorkersStatusReport::problem))
                        .limit(PROBLEMS)
                        .toList(),
                null,
                null);
    }

    private static WorkerGroupStatus group(String name, Joined joined) {
        List<NodeVerdict> nodes = joined.report().nodes().stream()
                .filter(node -> node.group().filter(name::equals).isPresent())
                .toList();
        return new WorkerGroupStatus(
                name,
                joined.joinSecrets().get(name),
                Optional.ofNullable(joined.report().tokens().get(name))
                        .map(published -> published.token().expiration().toString())
                        .orElse(null),
                nodes.size(),
                ready(nodes),
                nodes.stream()
                        .map(NodeVerdict::version)
                        .filter(version -> !version.isEmpty())
                        .map(version -> Line.of(version, Line.LABEL))
                        .distinct()
                        .sorted()
                        .limit(VERSIONS)
                        .toList());
    }

    private static WorkerProblem problem(NodeVerdict node) {
        return new WorkerProblem(
                Line.of(node.name(), Line.NAME),
                node.group().orElse(null),
                node.version().isEmpty() ? null : Line.of(node.version(), Line.LABEL),
                node.lastSeen().map(Instant::toString).orElse(null),
                node.reason(),
                Line.of(node.message(), Line.MESSAGE));
    }

    private static WorkerProblem problem(WorkerReport.Refusal refusal) {
        return new WorkerProblem(
                Line.of(refusal.node(), Line.NAME),
                refusal.group().map(group -> Line.of(group, Line.LABEL)).orElse(null),
                null,
                null,
                refusal.reason(),
                Line.of(refusal.message(), Line.MESSAGE));
    }

    private static int ready(List<NodeVerdict> nodes) {
        return (int) nodes.stream().filter(NodeVerdict::ready).count();
    }
}
