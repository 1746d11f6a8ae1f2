package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.KubeconfigKeys;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.capability.exposure.Endpoint;
import dev.sandboxcluster.operator.credentials.ClientCertificatePolicy;
import dev.sandboxcluster.operator.credentials.ClientCertificatePolicy.Violation;
import dev.sandboxcluster.operator.credentials.KeyPairPem;
import dev.sandboxcluster.operator.credentials.KubeconfigFile;
import dev.sandboxcluster.operator.objects.Base64Data;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The Secret with the published kubeconfig. */
public final class KubeconfigSecret {

    private KubeconfigSecret() {}

    /**
     * The Secret; pure.
     *
     * @param internal the URL for pods of the host cluster
     * @param revocation the last wish to revoke that it came after; empty: none
     */
    public static Secret desired(
            Identity sandbox,
            KubeconfigSettings settings,
            Endpoint published,
            Endpoint internal,
            String caCertificate,
            KeyPairPem client,
            Optional<String> revocation) {
        return secret(
                metadata(sandbox, settings, revocation),
                settings.contextName(),
                settings.contextName() + "-admin",
                published,
                internal,
                caCertificate,
                client);
    }

    /** That of somebody else than the administrator; pure. */
    static Secret additional(
            Identity sandbox,
            KubeconfigSettings.Additional settings,
            Endpoint published,
            Endpoint internal,
            String caCertificate,
            KeyPairPem client) {
        return secret(
                labelled(sandbox, settings.secretName(), settings.name()),
                settings.contextName(),
                settings.contextName() + "-user",
                published,
                internal,
                caCertificate,
                client);
    }

    /** What is left of it when it is no longer wanted; pure. */
    static Secret withdrawn(Identity sandbox, String secretName, String name) {
        return new SecretBuilder()
                .withMetadata(labelled(sandbox, secretName, name))
                .withType("Opaque")
                .withData(Map.of())
                .build();
    }

    private static ObjectMeta labelled(Identity sandbox, String secretName, String name) {
        return new ObjectMetaBuilder(sandbox.metadata(secretName))
                .addToLabels(Labels.KUBECONFIG, name)
                .build();
    }

    private static Secret secret(
            ObjectMeta metadata,
            String context,
            String user,
            Endpoint published,
            Endpoint internal,
            String caCertificate,
            KeyPairPem client) {
        return new SecretBuilder()
                .withMetadata(metadata)
                .withType("Opaque")
                .withData(Base64Data.encode(data(context, user, published, internal, caCertificate, client)))
                .build();
    }

    private static Map<String, String> data(
            String context,
            String user,
            Endpoint published,
            Endpoint internal,
            String caCertificate,
            KeyPairPem client) {
        Map<String, String> data = new HashMap<>(Map.of(
                KubeconfigKeys.VALUE, kubeconfig(context, user, published, caCertificate, client),
                KubeconfigKeys.INTERNAL, kubeconfig(context, user, internal, caCertificate, client),
                KubeconfigKeys.CA_CERTIFICATE, caCertificate,
                KubeconfigKeys.CLIENT_CERTIFICATE, client.certificate(),
                KubeconfigKeys.CLIENT_KEY, client.privateKey(),
                KubeconfigKeys.SERVER, published.url().toString()));
        published.tlsServerName().ifPresent(name -> data.put(KubeconfigKeys.TLS_SERVER_NAME, name));
        return data;
    }

    private static ObjectMeta metadata(Identity sandbox, KubeconfigSettings settings, Optional<String> revocation) {
        ObjectMeta metadata = new ObjectMetaBuilder(sandbox.metadata(settings.secretName()))
                .addToLabels(settings.labels())
                .build();
        revocation.ifPresent(value -> metadata.setAnnotations(Map.of(Annotations.REVOKE_KUBECONFIG, value)));
        return metadata;
    }

    /** The client certificate in a Secret; empty: there is none. */
    static Optional<String> certificate(Secret secret) {
        return Optional.ofNullable(Base64Data.decode(secret.getData()).get(KubeconfigKeys.CLIENT_CERTIFICATE));
    }

    /** When the client certificate in a Secret is to be renewed; empty: there is none. */
    static Optional<Instant> renewAt(Secret secret) {
        return certificate(secret).map(ClientCertificatePolicy::renewAt);
    }

    /** What a policy has against the client certificate and key in a Secret; empty: nothing. */
    static Optional<Violation> violation(Secret secret, ClientCertificatePolicy policy, Instant now) {
        Map<String, String> data = Base64Data.decode(secret.getData());
        return policy.check(data.get(KubeconfigKeys.CLIENT_CERTIFICATE), data.get(KubeconfigKeys.CLIENT_KEY), now);
    }

    /** The client certificate and key in a Secret, if a policy has nothing against them. */
    static Optional<KeyPairPem> usable(Secret secret, ClientCertificatePolicy policy, Instant now) {
        Map<String, String> data = Base64Data.decode(secret.getData());
        return violation(secret, policy, now).isEmpty()
                ? Optional.of(new KeyPairPem(
                        data.get(KubeconfigKeys.CLIENT_CERTIFICATE), data.get(KubeconfigKeys.CLIENT_KEY)))
                : Optional.empty();
    }

    /** Whether a Secret has everything that is needed to dial the sandbox as its users do. */
    static boolean isComplete(Secret secret) {
        return Base64Data.decode(secret.getData())
                .keySet()
                .containsAll(Set.of(
                        KubeconfigKeys.VALUE,
                        KubeconfigKeys.CA_CERTIFICATE,
                        KubeconfigKeys.CLIENT_CERTIFICATE,
                        KubeconfigKeys.CLIENT_KEY));
    }

    private static String kubeconfig(
            String context, String user, Endpoint endpoint, String caCertificate, KeyPairPem client) {
        return new KubeconfigFile(
                        context,
                        user,
                        endpoint.url().toString(),
                        endpoint.tlsServerName().orElse(null),
                        caCertificate,
                        client)
                .toYaml();
    }
}
