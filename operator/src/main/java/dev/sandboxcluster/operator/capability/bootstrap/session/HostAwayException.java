package dev.sandboxcluster.operator.capability.bootstrap.session;

/** The host cluster does not answer, which says nothing about a sandbox. */
final class HostAwayException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    HostAwayException(Throwable cause) {
        super(cause);
    }
}
