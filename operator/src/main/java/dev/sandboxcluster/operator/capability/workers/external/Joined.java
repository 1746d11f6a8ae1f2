package dev.sandboxcluster.operator.capability.workers.external;

import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import java.util.Map;
import java.util.Optional;

/**
 * The external workers of a sandbox, and how more can join.
 *
 * @param report what is known of them
 * @param address at which machines join, with the port
 * @param joinSecrets the published Secrets' names, by group
 */
public record Joined(WorkerReport report, Optional<String> address, Map<String, String> joinSecrets) {}
