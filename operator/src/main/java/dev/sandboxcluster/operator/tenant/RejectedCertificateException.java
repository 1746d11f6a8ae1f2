package dev.sandboxcluster.operator.tenant;

import java.security.cert.CertificateException;

/** A server's certificate was not accepted, for a reason that can be told to people. */
final class RejectedCertificateException extends CertificateException {

    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    RejectedCertificateException(FailureKind kind, String message, CertificateException cause) {
        super(message, cause);
        this.kind = kind;
    }

    FailureKind kind() {
        return kind;
    }
}
