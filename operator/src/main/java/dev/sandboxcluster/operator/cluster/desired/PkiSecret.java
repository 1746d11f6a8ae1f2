package dev.sandboxcluster.operator.cluster.desired;

import dev.sandboxcluster.operator.credentials.ClusterPki;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;

/** The Secret with the cluster's CAs, service-account key and token: made once, never rewritten. */
public final class PkiSecret {

    private PkiSecret() {}

    /** The Secret; pure. */
    public static Secret desired(Blueprint blueprint, ClusterPki pki) {
        return new SecretBuilder()
                .withMetadata(Labels.keptMetadata(blueprint, blueprint.pkiSecretName()))
                .withType("Opaque")
                .withData(Base64Data.encode(pki.data()))
                .build();
    }
}
