package dev.sandboxcluster.operator.leadership;

/** Another operator may lead by now: what is begun is its business. */
public final class NotLeadingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotLeadingException() {
        super("this operator no longer leads");
    }
}
