package dev.sandboxcluster.operator.capability.workers.external;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers;
import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.Network;
import dev.sandboxcluster.api.v1alpha1.Network.FlannelBackend;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.WorkerGroup;
import dev.sandboxcluster.api.v1alpha1.Workers;
import dev.sandboxcluster.operator.capability.workers.external.join.JoinParameters;
import dev.sandboxcluster.operator.capability.workers.external.plan.HostedNodes;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan.Group;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.k3s.ServerArguments;
import dev.sandboxcluster.operator.k3s.WorkerKind;
import dev.sandboxcluster.operator.objects.SpecDuration;
import dev.sandboxcluster.operator.pod.Contribution;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Workers that join a sandbox, external and hosted ones, with every default filled in.
 *
 * @param tokenTtl how long a join token is valid
 * @param removeNotReadyAfter after which time nodes that are not Ready are removed; empty: never
 * @param drainTimeout how long the eviction of a node's pods may take
 * @param groups of external workers; none: only hosted ones join
 * @param flannelBackend how pods of different k3s agents reach each other
 * @param hosted empty: no pods of the host cluster join
 */
public record WorkerSettings(
        Bootstrap bootstrap,
        Duration tokenTtl,
        Optional<Duration> removeNotReadyAfter,
        Duration drainTimeout,
        List<Group> groups,
        String flannelBackend,
        Optional<HostedNodes> hosted) {

    private static final String DEFAULT_TOKEN_TTL = "24h";
    private static final String DEFAULT_DRAIN_TIMEOUT = "5m";

    private static final ExternalWorkers NONE = new ExternalWorkers(false, null, null, null, null, null);

    /**
     * What the spec says, with the defaults; empty where nobody joins.
     *
     * @param hosted those that are pods of the host cluster
     */
    public static Optional<WorkerSettings> of(SandboxClusterSpec spec, Optional<HostedNodes> hosted) {
        Optional<Network> network = Optional.ofNullable(spec.network());
        return Optional.ofNullable(spec.workers())
                .map(Workers::external)
                .filter(external -> Boolean.TRUE.equals(external.enabled()))
                .map(external -> of(external, network, groups(external), hosted))
                .or(() -> hosted.map(any -> of(NONE, network, List.of(), hosted)));
    }

    /** Whether machines outside the host cluster may join. */
    public boolean external() {
        return !groups.isEmpty();
    }

    /** Those of all that may join. */
    List<Group> allGroups() {
        return Stream.concat(groups.stream(), hosted.map(HostedNodes::group).stream())
                .toList();
    }

    /** What matters of it to k3s. */
    public static WorkerKind kind(Optional<WorkerSettings> workers) {
        return workers.map(settings -> kind(settings.bootstrap())).orElse(WorkerKind.NONE);
    }

    /**
     * What the pod needs for it. Where agents may join, it starts without the certificate of the last start: that is valid
     * for the address of the pod of then, and k3s only ever adds to it. The other copy, in the sandbox itself, is the
     * prober's to remove.
     *
     * @param address at which machines join
     */
    public static Contribution contribution(Optional<WorkerSettings> workers, Optional<String> address) {
        WorkerKind kind = kind(workers);
        List<String> flags = new ArrayList<>();
        if (workers.filter(WorkerSettings::external).isPresent()) {
            flags.addAll(ServerArguments.servingNames(address.stream().toList()));
        }
        flags.addAll(ServerArguments.workers(
                kind, workers.map(WorkerSettings::flannelBackend).orElse(kind.flannelBackend())));
        return Contribution.ofArguments(flags)
                .withPreparation(kind.growingCertificate() ? List.of("rm -f " + K3s.SERVING_CERTIFICATE) : List.of());
    }

    /** TCP ports to which the pod may connect for it. */
    public static List<Integer> egress(Optional<WorkerSettings> workers) {
        return kind(workers) == WorkerKind.KUBELETS ? List.of(K3s.KUBELET_PORT) : List.of();
    }

    private static WorkerKind kind(Bootstrap bootstrap) {
        return bootstrap == Bootstrap.K3sAgent ? WorkerKind.AGENTS : WorkerKind.KUBELETS;
    }

    private static WorkerSettings of(
            ExternalWorkers external, Optional<Network> network, List<Group> groups, Optional<HostedNodes> hosted) {
        Bootstrap bootstrap = Optional.ofNullable(external.bootstrap()).orElse(Bootstrap.K3sAgent);
        return new WorkerSettings(
                bootstrap,
                SpecDuration.parse(Optional.ofNullable(external.tokenTTL()).orElse(DEFAULT_TOKEN_TTL)),
                Optional.ofNullable(external.removeNotReadyAfter()).map(SpecDuration::parse),
                SpecDuration.parse(Optional.ofNullable(external.drainTimeout()).orElse(DEFAULT_DRAIN_TIMEOUT)),
                groups,
                network.filter(any -> bootstrap == Bootstrap.K3sAgent)
                        .map(Network::flannelBackend)
                        .map(FlannelBackend::flag)
                        .orElse(kind(bootstrap).flannelBackend()),
                hosted);
    }

    private static List<Group> groups(ExternalWorkers external) {
        List<WorkerGroup> groups = Optional.ofNullable(external.groups()).orElse(List.of());
        return groups.isEmpty()
                ? List.of(new Group(JoinParameters.DEFAULT_GROUP, Optional.empty(), Map.of(), List.of()))
                : groups.stream().map(WorkerSettings::group).toList();
    }

    private static Group group(WorkerGroup group) {
        return new Group(
                group.name(),
                Optional.ofNullable(group.maxNodes()),
                Optional.ofNullable(group.labels()).orElse(Map.of()),
                Optional.ofNullable(group.taints()).orElse(List.of()));
    }
}
