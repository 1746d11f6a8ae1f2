package dev.sandboxcluster.operator.capability.keys;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.objects.Base64Data;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Map;
import java.util.Optional;

/** The Secret with the sandbox's CAs, service-account key and token: made once, never rewritten. */
final class PkiSecret {

    private PkiSecret() {}

    static String name(Identity sandbox) {
        return sandbox.name() + "-pki";
    }

    /** The Secret; pure. Without an owner, it says otherwise for which SandboxCluster it was made. */
    static Secret desired(Identity sandbox, boolean retained, ClusterPki pki) {
        ObjectMeta metadata = sandbox.metadata(name(sandbox), retained);
        if (retained) {
            metadata.setAnnotations(Map.of(Annotations.MADE_FOR, sandbox.uid()));
        }
        return new SecretBuilder()
                .withMetadata(metadata)
                .withType("Opaque")
                .withData(Base64Data.encode(pki.data()))
                .build();
    }

    /** Whether a Secret without owner was made for this SandboxCluster, and not for an earlier one of the same name. */
    static boolean isMadeFor(Secret secret, Identity sandbox) {
        return sandbox.left(secret)
                && Optional.ofNullable(secret.getMetadata().getAnnotations())
                        .map(annotations -> annotations.get(Annotations.MADE_FOR))
                        .filter(sandbox.uid()::equals)
                        .isPresent();
    }

    /** Whether the pods of a StatefulSet start with the sandbox's keys. */
    static boolean isMountedBy(StatefulSet controlPlane, Identity sandbox) {
        return controlPlane.getSpec().getTemplate().getSpec().getVolumes().stream()
                .anyMatch(volume -> volume.getSecret() != null
                        && name(sandbox).equals(volume.getSecret().getSecretName()));
    }
}
