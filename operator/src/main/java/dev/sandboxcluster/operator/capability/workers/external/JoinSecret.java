package dev.sandboxcluster.operator.capability.workers.external;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.JoinKeys;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.capability.workers.external.join.HostedBundle;
import dev.sandboxcluster.operator.capability.workers.external.join.JoinBundle;
import dev.sandboxcluster.operator.capability.workers.external.join.JoinParameters;
import dev.sandboxcluster.operator.capability.workers.external.plan.HostedNodes;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan.Group;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport.PublishedToken;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Base64Data;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.objects.Situation;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The Secrets with everything that a machine needs to join a group.
 *
 * @param revocation changes when all join tokens are to be withdrawn
 */
record JoinSecret(Identity sandbox, Optional<String> revocation) {

    /** Those of a sandbox, by what its SandboxCluster's annotations say. */
    static JoinSecret of(Situation situation) {
        return new JoinSecret(situation.sandbox(), situation.annotation(Annotations.REVOKE_JOIN_TOKENS));
    }

    /**
     * Where machines join, and what they find there.
     *
     * @param address IP address of the sandbox as the machines see it
     * @param port port of that address
     * @param version of the control plane, as k3s names it
     * @param podCidr the sandbox's range of pod addresses
     * @param serviceCidr the sandbox's range of Service addresses
     * @param clusterDomain the domain of the sandbox's DNS names
     */
    record Site(String address, int port, String version, String podCidr, String serviceCidr, String clusterDomain) {

        /** Address and port as people write them. */
        String text() {
            return address + ":" + port;
        }
    }

    String name(String group) {
        return JoinParameters.secretName(sandbox.name(), group);
    }

    /** That of hosted workers. */
    String hostedName() {
        return sandbox.name() + "-workers";
    }

    /** The Secret of hosted workers, which their pods mount; pure. */
    Secret hosted(HostedNodes nodes, PublishedToken published, String server, ClusterPki pki) {
        return secret(
                hostedName(),
                nodes.group().name(),
                published.epoch(),
                HostedBundle.data(
                        server, published.token(), nodes.names(), nodes.group().taints(), pki));
    }

    /** The Secret of a group; pure. */
    Secret desired(WorkerSettings workers, Group group, PublishedToken published, Site site, ClusterPki pki) {
        boolean agents = workers.bootstrap() == Bootstrap.K3sAgent;
        return secret(
                name(group.name()),
                group.name(),
                published.epoch(),
                JoinBundle.data(new JoinParameters(
                        sandbox.name(),
                        sandbox.namespace(),
                        group.name(),
                        workers.bootstrap(),
                        site.address(),
                        site.port(),
                        site.version(),
                        pki.serverCaCertificate(),
                        pki.caHash(),
                        pki.clientCa().certificate(),
                        published.token(),
                        agents && workers.allGroups().size() > 1,
                        group.labels(),
                        group.taints(),
                        K3s.clusterDns(site.serviceCidr()),
                        site.clusterDomain(),
                        site.podCidr())));
    }

    /** Whether who wrote a Secret had the token already that it is to have. */
    static boolean hasTokenOf(Secret secret, Secret desired) {
        Optional<String> token = token(desired);
        return token.isPresent() && token.equals(token(secret));
    }

    private static Optional<String> token(Secret secret) {
        return Optional.ofNullable(secret.getData()).map(data -> data.get(JoinKeys.TOKEN));
    }

    /** What is left of it when nobody may join the group any more: the operator has no right to delete Secrets. */
    Secret withdrawn(Secret present) {
        return secret(
                present.getMetadata().getName(),
                present.getMetadata().getLabels().get(Labels.WORKER_GROUP),
                "",
                Map.of());
    }

    /** The epoch of the token in a Secret; empty: it holds none, or was asked to be replaced since. */
    Optional<String> epoch(Secret secret) {
        Map<String, String> annotations =
                Optional.ofNullable(secret.getMetadata().getAnnotations()).orElse(Map.of());
        return Optional.ofNullable(annotations.get(Annotations.TOKEN_EPOCH))
                .filter(epoch -> !epoch.isEmpty())
                .filter(epoch ->
                        revocation.equals(Optional.ofNullable(annotations.get(Annotations.REVOKE_JOIN_TOKENS))));
    }

    private Secret secret(String name, String group, String epoch, Map<String, String> data) {
        Map<String, String> annotations = new HashMap<>();
        annotations.put(Annotations.TOKEN_EPOCH, epoch);
        revocation.ifPresent(value -> annotations.put(Annotations.REVOKE_JOIN_TOKENS, value));
        return new SecretBuilder()
                .withMetadata(new ObjectMetaBuilder(sandbox.metadata(name))
                        .addToLabels(Labels.WORKER_GROUP, group)
                        .withAnnotations(annotations)
                        .build())
                .withType("Opaque")
                .withData(Base64Data.encode(data))
                .build();
    }
}
