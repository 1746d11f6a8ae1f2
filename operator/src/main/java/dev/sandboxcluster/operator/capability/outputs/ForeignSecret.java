package dev.sandboxcluster.operator.capability.outputs;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.objects.Annotated;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Secret in another namespace than its SandboxCluster's, where no owner reference can say whose it is: its labels say
 * of which name, an annotation of which UID.
 */
public final class ForeignSecret {

    private static final String SUFFIX = "-argocd";

    private ForeignSecret() {}

    /** Its name: that of no other sandbox's, for neither name nor namespace has a dot. */
    static String name(Identity sandbox) {
        return sandbox.name() + "." + sandbox.namespace() + SUFFIX;
    }

    /** Whether a Secret's name is that of one. */
    public static boolean isNamed(String name) {
        return name.endsWith(SUFFIX) && name.indexOf('.') > 0;
    }

    /** Its metadata, without labels of its own. */
    static ObjectMeta metadata(Identity sandbox, String namespace) {
        return new ObjectMetaBuilder(sandbox.metadata(name(sandbox)))
                .withNamespace(namespace)
                .withOwnerReferences(List.of())
                .addToAnnotations(Annotations.MADE_FOR, sandbox.uid())
                .build();
    }

    /** Whether a Secret was written for this very SandboxCluster. */
    static boolean isOf(Secret secret, Identity sandbox) {
        return of(secret).filter(sandbox::equals).isPresent();
    }

    /** For which SandboxCluster a Secret was written; empty: for none, or it is no such Secret. */
    public static Optional<Identity> of(Secret secret) {
        Map<String, String> labels =
                Optional.ofNullable(secret.getMetadata().getLabels()).orElse(Map.of());
        return Annotated.value(secret, Annotations.MADE_FOR)
                .filter(uid -> Labels.OPERATOR.equals(labels.get(Labels.MANAGED_BY)))
                .filter(uid -> secret.getMetadata().getOwnerReferences().isEmpty())
                .filter(uid -> labels.containsKey(Labels.NAME) && labels.containsKey(Labels.NAMESPACE))
                .map(uid -> new Identity(labels.get(Labels.NAME), labels.get(Labels.NAMESPACE), uid))
                .filter(sandbox -> secret.getMetadata().getName().equals(name(sandbox)));
    }
}
