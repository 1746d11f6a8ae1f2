package dev.sandboxcluster.operator.sandbox.session;

/** A sandbox took more time, or gave more to read, than it was allowed. */
public final class AllowanceExceededException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Allowance.Limit limit;

    /** @param what there was too much of, as a part of a sentence */
    public AllowanceExceededException(Allowance.Limit limit, String what) {
        super(what, null, false, false);
        this.limit = limit;
    }

    /** What there was too much of. */
    public Allowance.Limit limit() {
        return limit;
    }
}
