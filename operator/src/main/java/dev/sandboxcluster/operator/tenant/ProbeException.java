package dev.sandboxcluster.operator.tenant;

/** An attempt that failed for a reason that is already known. */
final class ProbeException extends Exception {

    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    ProbeException(FailureKind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** Whether a failure is the API server's own answer: the connection leads to the right place. */
    static boolean answered(Throwable failure) {
        return failure instanceof ProbeException known
                && (known.kind == FailureKind.NotReady || known.kind == FailureKind.DefaultServiceAccountMissing);
    }

    FailureKind kind() {
        return kind;
    }
}
