package dev.sandboxcluster.operator.cluster.desired;

import dev.sandboxcluster.operator.credentials.KeyPairPem;
import dev.sandboxcluster.operator.credentials.KubeconfigFile;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import java.util.Set;

/** The Secret with the published kubeconfig. */
public final class KubeconfigSecret {

    /** The kubeconfig, under the key that Cluster API and Flux read. */
    public static final String VALUE = "value";

    /** The same for pods of the host cluster, whatever the cluster is exposed through. */
    public static final String INTERNAL = "internal";

    public static final String CA_CERTIFICATE = "ca.crt";
    public static final String CLIENT_CERTIFICATE = "client.crt";
    public static final String CLIENT_KEY = "client.key";
    public static final String SERVER = "server";

    private KubeconfigSecret() {}

    /** The Secret; pure. */
    public static Secret desired(Blueprint blueprint, Endpoint published, String caCertificate, KeyPairPem client) {
        return new SecretBuilder()
                .withMetadata(Labels.metadata(blueprint, blueprint.kubeconfigSecretName()))
                .withType("Opaque")
                .withData(Base64Data.encode(Map.of(
                        VALUE, kubeconfig(blueprint, published, caCertificate, client),
                        INTERNAL, kubeconfig(blueprint, Endpoint.internal(blueprint), caCertificate, client),
                        CA_CERTIFICATE, caCertificate,
                        CLIENT_CERTIFICATE, client.certificate(),
                        CLIENT_KEY, client.privateKey(),
                        SERVER, published.url().toString())))
                .build();
    }

    /** Whether a Secret has everything that is needed to dial the cluster as its users do. */
    public static boolean isComplete(Secret secret) {
        return Base64Data.decode(secret.getData())
                .keySet()
                .containsAll(Set.of(VALUE, CA_CERTIFICATE, CLIENT_CERTIFICATE, CLIENT_KEY));
    }

    private static String kubeconfig(Blueprint blueprint, Endpoint endpoint, String caCertificate, KeyPairPem client) {
        return new KubeconfigFile(
                        blueprint.contextName(),
                        endpoint.url().toString(),
                        endpoint.tlsServerName().orElse(null),
                        caCertificate,
                        client)
                .toYaml();
    }
}
