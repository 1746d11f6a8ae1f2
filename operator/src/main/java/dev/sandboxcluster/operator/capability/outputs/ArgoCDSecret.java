package dev.sandboxcluster.operator.capability.outputs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sandboxcluster.api.v1alpha1.ArgoCDKeys;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.objects.Base64Data;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The Secret by which Argo CD knows a sandbox (argo-cd, util/db, SecretToCluster). */
final class ArgoCDSecret {

    /** The value of {@link Labels#OUTPUT}. */
    static final String OUTPUT = "argo-cd";

    private static final String CLUSTER = "cluster";
    private static final JsonMapper JSON = new JsonMapper();

    /** Argo CD's ClusterConfig (argo-cd, pkg/apis/application/v1alpha1). */
    private record ClusterConfig(TLSClientConfig tlsClientConfig) {}

    /** Argo CD's TLSClientConfig; what is PEM becomes base64. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record TLSClientConfig(
            boolean insecure, String serverName, byte[] caData, byte[] certData, byte[] keyData) {}

    private ArgoCDSecret() {}

    /** The Secret; pure. */
    static Secret desired(Identity sandbox, OutputsSettings.Argo settings, SandboxAccess access) {
        Map<String, String> data = new HashMap<>(Map.of(
                ArgoCDKeys.NAME, clusterName(sandbox),
                ArgoCDKeys.SERVER, access.server().toString(),
                ArgoCDKeys.CONFIG, config(access)));
        settings.project().ifPresent(project -> data.put(ArgoCDKeys.PROJECT, project));
        return new SecretBuilder()
                .withMetadata(new ObjectMetaBuilder(metadata(sandbox, settings))
                        .addToLabels(settings.labels())
                        .addToLabels(Labels.ARGO_CD_SECRET_TYPE, CLUSTER)
                        .addToLabels(Labels.NAMESPACE, sandbox.namespace())
                        .addToLabels(Labels.OUTPUT, OUTPUT)
                        .build())
                .withType("Opaque")
                .withData(Base64Data.encode(data))
                .build();
    }

    private static ObjectMeta metadata(Identity sandbox, OutputsSettings.Argo settings) {
        return settings.namespace().equals(sandbox.namespace())
                ? sandbox.metadata(settings.secretName())
                : ForeignSecret.metadata(sandbox, settings.namespace());
    }

    /** Whether who wrote a Secret had the credentials already that it is to have. */
    static boolean hasConfigOf(Secret secret, Secret desired) {
        return Objects.equals(config(secret), config(desired));
    }

    /** No two sandboxes of a host cluster have it: neither part of it has a dot. */
    static String clusterName(Identity sandbox) {
        return sandbox.name() + "." + sandbox.namespace();
    }

    private static Optional<String> config(Secret secret) {
        return Optional.ofNullable(secret.getData()).map(data -> data.get(ArgoCDKeys.CONFIG));
    }

    private static String config(SandboxAccess access) {
        try {
            return JSON.writeValueAsString(new ClusterConfig(new TLSClientConfig(
                    false,
                    access.tlsServerName(),
                    access.caCertificate().getBytes(UTF_8),
                    access.clientCertificate().getBytes(UTF_8),
                    access.clientKey().getBytes(UTF_8))));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts must have a JSON form", e);
        }
    }
}
