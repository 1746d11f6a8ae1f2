package dev.sandboxcluster.operator.objects;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;

/** Annotations of an object, which may have none. */
public final class Annotated {

    private Annotated() {}

    /** Whether the operator is to leave a SandboxCluster alone. */
    public static boolean paused(SandboxCluster cluster) {
        return value(cluster, Annotations.PAUSED).filter("true"::equals).isPresent();
    }

    /** The value of an annotation. */
    public static Optional<String> value(HasMetadata object, String key) {
        return Optional.ofNullable(object.getMetadata().getAnnotations()).map(annotations -> annotations.get(key));
    }
}
