package dev.sandboxcluster.operator.capability.keys;

import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.objects.Base64Data;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;

/** The Secret with the sandbox's CAs, service-account key and token: made once, never rewritten. */
final class PkiSecret {

    private PkiSecret() {}

    static String name(Identity sandbox) {
        return sandbox.name() + "-pki";
    }

    /** The Secret; pure. */
    static Secret desired(Identity sandbox, boolean retained, ClusterPki pki) {
        return new SecretBuilder()
                .withMetadata(sandbox.metadata(name(sandbox), retained))
                .withType("Opaque")
                .withData(Base64Data.encode(pki.data()))
                .build();
    }
}
