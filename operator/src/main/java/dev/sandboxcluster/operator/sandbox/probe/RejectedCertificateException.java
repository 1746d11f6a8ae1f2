package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import java.security.cert.CertificateException;

/** A server's certificate was not accepted, for a reason that can be told to people. */
final class RejectedCertificateException extends CertificateException {

    private static final long serialVersionUID = 1L;

    private final EndpointFailure kind;

    RejectedCertificateException(EndpointFailure kind, String message, CertificateException cause) {
        super(message, cause);
        this.kind = kind;
    }

    EndpointFailure kind() {
        return kind;
    }
}
