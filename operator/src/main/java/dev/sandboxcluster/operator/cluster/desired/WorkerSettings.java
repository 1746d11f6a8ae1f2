package dev.sandboxcluster.operator.cluster.desired;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers;
import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.WorkerGroup;
import dev.sandboxcluster.api.v1alpha1.Workers;
import dev.sandboxcluster.operator.workers.WorkerPlan.Group;
import dev.sandboxcluster.operator.workers.join.JoinParameters;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * External workers with every default filled in.
 *
 * @param tokenTtl how long a join token is valid
 * @param removeNotReadyAfter after which time nodes that are not Ready are removed; empty: never
 * @param drainTimeout how long the eviction of a node's pods may take
 * @param groups at least one
 */
public record WorkerSettings(
        Bootstrap bootstrap,
        Duration tokenTtl,
        Optional<Duration> removeNotReadyAfter,
        Duration drainTimeout,
        List<Group> groups) {

    private static final String DEFAULT_TOKEN_TTL = "24h";
    private static final String DEFAULT_DRAIN_TIMEOUT = "5m";

    /** Empty where external workers are not enabled. */
    static Optional<WorkerSettings> of(SandboxClusterSpec spec) {
        return Optional.ofNullable(spec.workers())
                .map(Workers::external)
                .filter(external -> Boolean.TRUE.equals(external.enabled()))
                .map(WorkerSettings::of);
    }

    private static WorkerSettings of(ExternalWorkers external) {
        List<WorkerGroup> groups = Optional.ofNullable(external.groups()).orElse(List.of());
        return new WorkerSettings(
                Optional.ofNullable(external.bootstrap()).orElse(Bootstrap.K3sAgent),
                duration(Optional.ofNullable(external.tokenTTL()).orElse(DEFAULT_TOKEN_TTL)),
                Optional.ofNullable(external.removeNotReadyAfter()).map(WorkerSettings::duration),
                duration(Optional.ofNullable(external.drainTimeout()).orElse(DEFAULT_DRAIN_TIMEOUT)),
                groups.isEmpty()
                        ? List.of(new Group(JoinParameters.DEFAULT_GROUP, Optional.empty(), Map.of(), List.of()))
                        : groups.stream().map(WorkerSettings::group).toList());
    }

    private static Group group(WorkerGroup group) {
        return new Group(
                group.name(),
                Optional.ofNullable(group.maxNodes()),
                Optional.ofNullable(group.labels()).orElse(Map.of()),
                Optional.ofNullable(group.taints()).orElse(List.of()));
    }

    /** Go's notation, which the schema limits to hours, minutes and seconds, is ISO 8601's but for prefix and case. */
    private static Duration duration(String text) {
        return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    }
}
