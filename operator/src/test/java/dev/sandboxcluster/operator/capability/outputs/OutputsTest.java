package dev.sandboxcluster.operator.capability.outputs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.Golden;
import dev.sandboxcluster.operator.objects.Base64Data;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written for other tools, as they read it. */
class OutputsTest {

    private static final SandboxAccess PUBLISHED = new SandboxAccess(
            URI.create("https://192.0.2.9:30443"),
            "kubernetes.default.svc",
            "the CA\n",
            "the certificate\n",
            "the key\n");

    static Stream<Path> cases() {
        return Golden.cases("outputs");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void objects(Path directory) {
        SandboxCluster cluster = Golden.read(directory, "in-cluster.yaml", SandboxCluster.class);
        Identity sandbox = Identity.of(cluster);
        OutputsSettings settings = OutputsSettings.of(sandbox, cluster.getSpec(), Set.of("argocd"));

        settings.argoCD().ifPresent(argo -> {
            Secret secret = ArgoCDSecret.desired(
                    sandbox,
                    argo,
                    argo.published() ? PUBLISHED : PUBLISHED.at(URI.create("https://demo.previews.svc:443")));
            // Argo CD takes what no other object owns and what has this label for its own, and prunes it.
            assertThat(secret.getMetadata().getLabels()).doesNotContainKey(Identity.INSTANCE);
            Golden.check(
                    directory,
                    "out-argocd-secret.yaml",
                    new SecretBuilder(secret)
                            .withData(null)
                            .withStringData(Base64Data.decode(secret.getData()))
                            .build());
        });
        settings.caConfigMap()
                .ifPresent(name -> Golden.check(
                        directory,
                        "out-configmap.yaml",
                        CertificateAuthorityConfigMap.desired(sandbox, name, PUBLISHED.caCertificate())));
    }
}
