package dev.sandboxcluster.operator.cluster.desired;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.workers.WorkerPlan.Group;
import dev.sandboxcluster.operator.workers.WorkerReport.PublishedToken;
import dev.sandboxcluster.operator.workers.join.JoinBundle;
import dev.sandboxcluster.operator.workers.join.JoinParameters;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The Secret with everything that a machine needs to join a group. */
public final class JoinSecret {

    /** On a SandboxCluster: with another value than before, all join tokens are replaced and the old ones withdrawn. */
    public static final String REVOKE = SandboxCluster.GROUP + "/revoke-join-tokens";

    /** On a join Secret: the group that it is for. */
    public static final String GROUP = SandboxCluster.GROUP + "/worker-group";

    private static final String EPOCH = SandboxCluster.GROUP + "/token-epoch";

    private JoinSecret() {}

    /**
     * The Secret; pure.
     *
     * @param address at which machines join
     * @param version of the control plane, as k3s names it
     */
    public static Secret desired(
            Blueprint blueprint,
            WorkerSettings workers,
            Group group,
            PublishedToken published,
            String address,
            int port,
            String version,
            ClusterPki pki) {
        boolean agents = workers.bootstrap() == Bootstrap.K3sAgent;
        return secret(
                blueprint,
                group.name(),
                published.epoch(),
                JoinBundle.data(new JoinParameters(
                        blueprint.name(),
                        blueprint.namespace(),
                        group.name(),
                        workers.bootstrap(),
                        address,
                        port,
                        version,
                        pki.serverCaCertificate(),
                        pki.caHash(),
                        pki.clientCa().certificate(),
                        published.token(),
                        agents && workers.groups().size() > 1,
                        group.labels(),
                        group.taints(),
                        K3s.clusterDns(blueprint.serviceCidr()),
                        K3s.CLUSTER_DOMAIN,
                        blueprint.podCidr())));
    }

    /** What is left of it when nobody may join the group any more: the operator has no right to delete Secrets. */
    public static Secret withdrawn(Blueprint blueprint, String group) {
        return secret(blueprint, group, "", Map.of());
    }

    /** The epoch of the token in a Secret; empty: it holds none, or was asked to be replaced since. */
    public static Optional<String> epoch(Blueprint blueprint, Secret secret) {
        Map<String, String> annotations =
                Optional.ofNullable(secret.getMetadata().getAnnotations()).orElse(Map.of());
        return Optional.ofNullable(annotations.get(EPOCH))
                .filter(epoch -> !epoch.isEmpty())
                .filter(epoch -> blueprint.revocation().equals(Optional.ofNullable(annotations.get(REVOKE))));
    }

    private static Secret secret(Blueprint blueprint, String group, String epoch, Map<String, String> data) {
        Map<String, String> annotations = new HashMap<>();
        annotations.put(EPOCH, epoch);
        blueprint.revocation().ifPresent(value -> annotations.put(REVOKE, value));
        return new SecretBuilder()
                .withMetadata(new ObjectMetaBuilder(Labels.metadata(blueprint, blueprint.joinSecretName(group)))
                        .addToLabels(GROUP, group)
                        .withAnnotations(annotations)
                        .build())
                .withType("Opaque")
                .withData(Base64Data.encode(data))
                .build();
    }
}
