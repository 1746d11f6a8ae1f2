package dev.sandboxcluster.operator.credentials;

/**
 * Key material is missing, unparsable or doesn't belong together. A permanent error: trying again gives the same answer.
 *
 * <p>The message names the piece that is wrong and never quotes it, and there is no cause, because the messages of
 * parsers do quote what they read.
 */
public final class InvalidPkiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidPkiException(String message) {
        super(message);
    }
}
