package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.api.v1alpha1.EndpointFailure;

/** An attempt that failed for a reason that is already known. */
final class ProbeException extends Exception {

    private static final long serialVersionUID = 1L;

    private final EndpointFailure kind;

    ProbeException(EndpointFailure kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** Whether a failure is the API server's own answer: the connection leads to the right place. */
    static boolean answered(Throwable failure) {
        return failure instanceof ProbeException known
                && (known.kind == EndpointFailure.NotReady
                        || known.kind == EndpointFailure.Forbidden
                        || known.kind == EndpointFailure.DefaultServiceAccountMissing);
    }

    /** Whether the API server knows the client, and refuses it. */
    static boolean forbidden(Throwable failure) {
        return failure instanceof ProbeException known && known.kind == EndpointFailure.Forbidden;
    }

    EndpointFailure kind() {
        return kind;
    }
}
