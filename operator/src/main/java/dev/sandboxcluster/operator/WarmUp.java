package dev.sandboxcluster.operator;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.cluster.desired.Blueprint;
import dev.sandboxcluster.operator.cluster.desired.ControlPlaneStatefulSet;
import dev.sandboxcluster.operator.cluster.desired.Endpoint;
import dev.sandboxcluster.operator.cluster.desired.KubeconfigSecret;
import dev.sandboxcluster.operator.cluster.desired.ServiceAddresses;
import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.credentials.ClientCertificate;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Makes the objects of a SandboxCluster once, for nobody, before the first user waits for his: the first minting of
 * keys in a JVM takes 300 times as long as the second.
 */
final class WarmUp {

    private WarmUp() {}

    static void run(Instant now) {
        SandboxCluster cluster = new SandboxCluster();
        cluster.setMetadata(new ObjectMetaBuilder()
                .withName("warm-up")
                .withNamespace("none")
                .withUid("none")
                .build());
        Blueprint blueprint = Blueprint.of(cluster, OperatorConfig.from(Map.of()));
        ClusterPki pki = ClusterPki.parse(ClusterPki.mint("warm-up", now).data());
        KubernetesSerialization serialization = new KubernetesSerialization();
        serialization.asJson(ControlPlaneStatefulSet.desired(blueprint, ServiceAddresses.NONE));
        serialization.asJson(KubeconfigSecret.desired(
                blueprint,
                Endpoint.internal(blueprint),
                pki.serverCaCertificate(),
                ClientCertificate.mint(pki.clientCa(), "warm-up", "none", now, Duration.ofHours(1))));
    }
}
