package dev.sandboxcluster.operator.capability.workers.external;

import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.Map;
import java.util.Optional;

/**
 * The workers of a sandbox that join it, external and hosted ones, and how more can.
 *
 * @param report what is known of them
 * @param address at which machines join, with the port
 * @param joinSecrets the published Secrets' names, by group; none of hosted workers
 * @param obstacle what keeps any machine from joining, whatever the sandbox says
 */
public record Joined(
        WorkerReport report, Optional<String> address, Map<String, String> joinSecrets, Optional<Verdict> obstacle) {

    /** Nothing is known of external workers. */
    static final Joined NONE = new Joined(WorkerReport.UNKNOWN, Optional.empty(), Map.of(), Optional.empty());

    /** The same, of external workers alone. */
    Joined external() {
        return new Joined(report.without(WorkerPlan.HOSTED), address, joinSecrets, obstacle);
    }
}
