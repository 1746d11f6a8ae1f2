package dev.sandboxcluster.operator.objects;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;

/** Annotations of an object, which may have none. */
public final class Annotated {

    private Annotated() {}

    /** The value of an annotation. */
    public static Optional<String> value(HasMetadata object, String key) {
        return Optional.ofNullable(object.getMetadata().getAnnotations()).map(annotations -> annotations.get(key));
    }
}
