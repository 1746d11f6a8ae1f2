package dev.sandboxcluster.operator.capability.bootstrap.plan;

/** What is to be applied isn't there, or is nothing that could be applied. */
public final class InvalidManifestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * What nobody but its writer can mend.
     *
     * @param reason of the condition
     * @param what one or more sentences, without a full stop at the end
     */
    public InvalidManifestException(String reason, String what) {
        super(what, null, false, false);
        this.reason = reason;
    }

    /** The same for a condition. */
    public BootstrapReport.Failure failure() {
        return new BootstrapReport.Failure(reason, getMessage());
    }
}
