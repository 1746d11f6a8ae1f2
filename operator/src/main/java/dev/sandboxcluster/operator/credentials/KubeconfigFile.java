package dev.sandboxcluster.operator.credentials;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;

/**
 * A kubeconfig for one user of one cluster. TLS is always verified against {@code caCertificate}; there is no way to say
 * otherwise.
 *
 * <p>Context, cluster and user have different names. Scripts that look for a cluster by the name of the context, as those
 * that start Kubernetes's own tests, would give its server on their own, and with that drop {@code tls-server-name}.
 *
 * @param contextName name of the context; that of the cluster begins with it
 * @param userName name of the user, in this file alone
 * @param server URL of the API
 * @param tlsServerName the name in the server's certificate, where the URL's host isn't in it; or null
 * @param caCertificate PEM of the CA of the server's certificate
 * @param client the user
 */
public record KubeconfigFile(
        String contextName,
        String userName,
        String server,
        String tlsServerName,
        String caCertificate,
        KeyPairPem client) {

    /** Every text in quotes: names such as {@code 1e3} or {@code no} are none without. */
    private static final ObjectWriter YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .build())
            .build()
            .writerFor(Config.class);

    public KubeconfigFile {
        Objects.requireNonNull(contextName, "contextName");
        Objects.requireNonNull(userName, "userName");
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(caCertificate, "caCertificate");
        Objects.requireNonNull(client, "client");
    }

    /** The file's content: equal inputs give equal bytes. It contains the private key. */
    public String toYaml() {
        try {
            return YAML.writeValueAsString(toConfig());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a kubeconfig of texts must have a YAML form", e);
        }
    }

    private Config toConfig() {
        String cluster = contextName + "-cluster";
        return new ConfigBuilder()
                .withApiVersion("v1")
                .withKind("Config")
                .addNewCluster()
                .withName(cluster)
                .withNewCluster()
                .withServer(server)
                .withTlsServerName(tlsServerName)
                .withCertificateAuthorityData(base64(caCertificate))
                .endCluster()
                .endCluster()
                .addNewContext()
                .withName(contextName)
                .withNewContext()
                .withCluster(cluster)
                .withUser(userName)
                .endContext()
                .endContext()
                .addNewUser()
                .withName(userName)
                .withNewUser()
                .withClientCertificateData(base64(client.certificate()))
                .withClientKeyData(base64(client.privateKey()))
                .endUser()
                .endUser()
                .withCurrentContext(contextName)
                .build();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
