package dev.sandboxcluster.operator.capability.workers.external.join;

import dev.sandboxcluster.operator.objects.Yaml;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The kubeconfig with which a kubelet asks for its certificate. */
final class BootstrapKubeconfig {

    private BootstrapKubeconfig() {}

    static String of(JoinParameters p) {
        Config config = new ConfigBuilder()
                .withApiVersion("v1")
                .withKind("Config")
                .addNewCluster()
                .withName(p.clusterName())
                .withNewCluster()
                .withServer(p.serverUrl())
                .withCertificateAuthorityData(Base64.getEncoder()
                        .encodeToString(p.serverCaCertificate().getBytes(StandardCharsets.UTF_8)))
                .endCluster()
                .endCluster()
                .addNewContext()
                .withName(p.clusterName())
                .withNewContext()
                .withCluster(p.clusterName())
                .withUser("bootstrap")
                .endContext()
                .endContext()
                .addNewUser()
                .withName("bootstrap")
                .withNewUser()
                .withToken(p.token().bearer())
                .endUser()
                .endUser()
                .withCurrentContext(p.clusterName())
                .build();
        return Yaml.write(config);
    }
}
