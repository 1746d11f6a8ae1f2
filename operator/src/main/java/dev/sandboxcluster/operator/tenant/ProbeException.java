package dev.sandboxcluster.operator.tenant;

/** An attempt that failed for a reason that is already known. */
final class ProbeException extends Exception {

    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    ProbeException(FailureKind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    FailureKind kind() {
        return kind;
    }
}
