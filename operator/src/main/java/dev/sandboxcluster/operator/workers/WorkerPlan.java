package dev.sandboxcluster.operator.workers;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import io.fabric8.kubernetes.api.model.Taint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the operator is to bring about in a tenant for its external workers.
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
 */
public record WorkerPlan(
        TenantAccess access,
        Bootstrap bootstrap,
        String address,
        int port,
        String apiServerVersion,
        Duration tokenTtl,
        Optional<Duration> removeNotReadyAfter,
        Duration drainTimeout,
        List<Group> groups,
        Map<String, String> epochs,
        Set<String> reserved) {

    /**
     * A kind of machines.
     *
     * @param maxNodes empty: any number
     * @param labels that the operator sets on its nodes
     * @param taints that the operator sets on its nodes
     */
    public record Group(String name, Optional<Integer> maxNodes, Map<String, String> labels, List<Taint> taints) {}

    /**
     * How to reach the tenant's API, as its administrator.
     *
     * @param url for pods of the host cluster
     * @param caCertificate PEM
     * @param clientCertificate PEM
     * @param clientKey PEM
     */
    public record TenantAccess(String url, String caCertificate, String clientCertificate, String clientKey) {

        /** Without the key and the certificates. */
        @Override
        public String toString() {
            return "TenantAccess[url=" + url + "]";
        }
    }

    /** The same with other published epochs. */
    public WorkerPlan withEpochs(Map<String, String> published) {
        return new WorkerPlan(
                access,
                bootstrap,
                address,
                port,
                apiServerVersion,
                tokenTtl,
                removeNotReadyAfter,
                drainTimeout,
                groups,
                published,
                reserved);
    }

    Optional<Group> group(String name) {
        return groups.stream().filter(group -> group.name().equals(name)).findFirst();
    }
}
