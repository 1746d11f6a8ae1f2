package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.capability.access.KubeconfigSecret;
import dev.sandboxcluster.operator.capability.controlplane.ControlPlaneStatefulSet;
import dev.sandboxcluster.operator.capability.exposure.Endpoint;
import dev.sandboxcluster.operator.capability.exposure.Exposed;
import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.credentials.ClientCertificate;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the objects of a SandboxCluster once, for nobody, before the first user waits for his: the first minting of
 * keys in a JVM takes 300 times as long as the second.
 */
public final class WarmUp {

    private WarmUp() {}

    /** Takes about a second. */
    public static void run(Instant now) {
        SandboxCluster cluster = new SandboxCluster();
        cluster.setMetadata(new ObjectMetaBuilder()
                .withName("warm-up")
                .withNamespace("none")
                .withUid("none")
                .build());
        Identity sandbox = Identity.of(cluster);
        Settings settings = Settings.of(
                cluster,
                SandboxClusterSpec.EMPTY,
                SandboxClusterStatus.EMPTY,
                OperatorConfig.from(Map.of()),
                Optional.empty(),
                Optional.empty());
        ClusterPki pki = ClusterPki.parse(ClusterPki.mint("warm-up", now).data());
        KubernetesSerialization serialization = new KubernetesSerialization();
        serialization.asJson(ControlPlaneStatefulSet.desired(
                sandbox, settings.controlPlane(), settings.pod(sandbox, Exposed.NOWHERE)));
        serialization.asJson(KubeconfigSecret.desired(
                sandbox,
                settings.kubeconfig(),
                Endpoint.internal(sandbox),
                Endpoint.internal(sandbox),
                pki.serverCaCertificate(),
                ClientCertificate.mint(pki.clientCa(), "warm-up", "none", now, Duration.ofHours(1)),
                Optional.empty()));
    }
}
