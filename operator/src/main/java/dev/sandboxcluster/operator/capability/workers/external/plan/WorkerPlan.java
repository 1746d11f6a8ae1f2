package dev.sandboxcluster.operator.capability.workers.external.plan;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import io.fabric8.kubernetes.api.model.Taint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the operator is to bring about in a sandbox for its external workers.
 *
 * @param address IP address of the sandbox as its workers see it
 * @param port port of that address
 * @param apiServerVersion such as {@code v1.33.5+k3s1}
 * @param tokenTtl how long a join token is valid
 * @param removeNotReadyAfter after which time nodes that are not Ready are removed; empty: never
 * @param drainTimeout how long the eviction of a node's pods may take
 * @param groups none: tokens are withdrawn, and nobody may join
 * @param epochs of the published join Secrets, by group; a group that has none gets new tokens, and loses the old ones
 * @param reserved names and addresses that no node may have
 * @param leaving names of hosted nodes that are drained and removed, and aren't to come back
 * @param publications what hosted nodes are to forward from outside
 * @param life of the control plane: what was found in another one says nothing about this
 */
public record WorkerPlan(
        SandboxAccess access,
        Bootstrap bootstrap,
        String address,
        int port,
        String apiServerVersion,
        Duration tokenTtl,
        Optional<Duration> removeNotReadyAfter,
        Duration drainTimeout,
        List<Group> groups,
        Map<String, String> epochs,
        Set<String> reserved,
        Set<String> leaving,
        List<Publication> publications,
        String life) {

    /** The group of nodes that are pods of the host cluster. */
    public static final String HOSTED = "hosted";

    /**
     * A kind of machines.
     *
     * @param maxNodes empty: any number
     * @param labels that the operator sets on its nodes
     * @param taints that the operator sets on its nodes
     */
    public record Group(String name, Optional<Integer> maxNodes, Map<String, String> labels, List<Taint> taints) {}

    /**
     * Nobody may join any more, and tokens are withdrawn.
     *
     * @param leaving names of hosted nodes, whose pods are gone
     */
    public static WorkerPlan withdrawal(SandboxAccess access, String apiServerVersion, Set<String> leaving) {
        return new WorkerPlan(
                access,
                Bootstrap.K3sAgent,
                "",
                0,
                apiServerVersion,
                Duration.ofHours(1),
                Optional.empty(),
                Duration.ZERO,
                List.of(),
                Map.of(),
                Set.of(),
                leaving,
                List.of(),
                "");
    }

    /** Whether there are hosted nodes, were some until now, or may have been. */
    public boolean hosting() {
        return groups.isEmpty() || !leaving.isEmpty() || group(HOSTED).isPresent();
    }

    /** The group of that name. */
    public Optional<Group> group(String name) {
        return groups.stream().filter(group -> group.name().equals(name)).findFirst();
    }
}
