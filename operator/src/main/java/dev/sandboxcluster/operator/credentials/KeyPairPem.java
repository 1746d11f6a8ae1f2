package dev.sandboxcluster.operator.credentials;

import java.util.Objects;

/**
 * A certificate and the private key that belongs to it.
 *
 * @param certificate one X.509 certificate, PEM
 * @param privateKey its private key, PEM; never printed
 */
public record KeyPairPem(String certificate, String privateKey) {

    public KeyPairPem {
        Objects.requireNonNull(certificate, "certificate");
        Objects.requireNonNull(privateKey, "privateKey");
    }

    /** Says what this is, and nothing of its content: records end up in log lines. */
    @Override
    public String toString() {
        return "KeyPairPem[hidden]";
    }
}
