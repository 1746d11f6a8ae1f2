package dev.sandboxcluster.operator.host;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;

/** An object is in the way that does not belong to the SandboxCluster. */
final class NameConflictException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean secret;
    private final boolean beingDeleted;

    NameConflictException(HasMetadata object, boolean beingDeleted) {
        super(object.getKind() + " " + object.getMetadata().getName());
        this.secret = object instanceof Secret;
        this.beingDeleted = beingDeleted;
    }

    boolean isAboutSecret() {
        return secret;
    }

    /** Whether it belongs to an earlier SandboxCluster of the same name, and so will go by itself. */
    boolean beingDeleted() {
        return beingDeleted;
    }
}
