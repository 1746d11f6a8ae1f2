package dev.sandboxcluster.operator.credentials;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * When a published client certificate must be replaced by a new one. A chain of small checks, after cert-manager's
 * {@code internal/controller/certificates/policies}: the first that objects is the answer.
 *
 * @param clientCaCertificate PEM of the CA that must have signed it
 * @param commonName the user that it must name
 * @param organizations the groups that it must name, and no others
 */
public record ClientCertificatePolicy(String clientCaCertificate, String commonName, List<String> organizations) {

    /** That of a user in one group. */
    public ClientCertificatePolicy(String clientCaCertificate, String commonName, String organization) {
        this(clientCaCertificate, commonName, List.of(organization));
    }

    /** Why a certificate must be replaced. */
    public enum Violation {
        CERTIFICATE_MISSING,
        PRIVATE_KEY_MISSING,
        UNPARSABLE,
        PRIVATE_KEY_MISMATCH,
        SIGNED_BY_ANOTHER,
        WRONG_SUBJECT,
        NOT_YET_VALID,
        EXPIRED,
        /** Two thirds of its life are over. */
        RENEWAL_DUE;

        /** Whether it is a certificate of that CA for that subject, at another time than its own. */
        public boolean onlyOfTime() {
            return this == NOT_YET_VALID || this == EXPIRED || this == RENEWAL_DUE;
        }
    }

    /**
     * Looks at a certificate and its key.
     *
     * @param certificate PEM, or null or blank if there is none
     * @param privateKey PEM, or null or blank if there is none
     * @return nothing if all is well
     * @throws InvalidPkiException if the CA's certificate is unparsable: no new certificate can help then
     */
    public Optional<Violation> check(String certificate, String privateKey, Instant now) {
        X509Certificate ca = Pem.readCertificate("the client CA's certificate", clientCaCertificate);
        return when(isMissing(certificate), Violation.CERTIFICATE_MISSING)
                .or(() -> when(isMissing(privateKey), Violation.PRIVATE_KEY_MISSING))
                .or(() -> when(!isReadable(certificate, privateKey), Violation.UNPARSABLE))
                .or(() -> checkParsed(certificate, privateKey, ca, now));
    }

    /**
     * The moment from which a certificate is to be replaced: when two thirds of its life are over, in whole seconds.
     *
     * @param certificate PEM
     * @throws InvalidPkiException if it is unparsable
     */
    public static Instant renewAt(String certificate) {
        return renewAt(readCertificate(certificate));
    }

    /** Until when a certificate is valid; empty: it is unparsable. */
    public static Optional<Instant> endOf(String certificate) {
        try {
            return Optional.of(readCertificate(certificate).getNotAfter().toInstant());
        } catch (InvalidPkiException e) {
            return Optional.empty();
        }
    }

    private Optional<Violation> checkParsed(String certificatePem, String keyPem, X509Certificate ca, Instant now) {
        X509Certificate certificate = readCertificate(certificatePem);
        return when(!readKey(keyPem).belongsTo(certificate), Violation.PRIVATE_KEY_MISMATCH)
                .or(() -> when(!isSignedBy(certificate, ca), Violation.SIGNED_BY_ANOTHER))
                .or(() -> when(!hasSubject(certificate), Violation.WRONG_SUBJECT))
                .or(() -> when(now.isBefore(certificate.getNotBefore().toInstant()), Violation.NOT_YET_VALID))
                .or(() -> when(now.isAfter(certificate.getNotAfter().toInstant()), Violation.EXPIRED))
                .or(() -> when(!now.isBefore(renewAt(certificate)), Violation.RENEWAL_DUE));
    }

    private static Optional<Violation> when(boolean violated, Violation violation) {
        return violated ? Optional.of(violation) : Optional.empty();
    }

    private static boolean isMissing(String pem) {
        return pem == null || pem.isBlank();
    }

    private static boolean isReadable(String certificate, String privateKey) {
        try {
            readCertificate(certificate);
            readKey(privateKey);
            return true;
        } catch (InvalidPkiException e) {
            return false;
        }
    }

    private boolean hasSubject(X509Certificate certificate) {
        X500Name subject =
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        // Exactly, as Kubernetes compares them; comparing names as X.500 does would ignore case.
        return ClientCertificate.values(subject, BCStyle.CN).equals(List.of(commonName))
                && ClientCertificate.values(subject, BCStyle.O).equals(organizations);
    }

    private static Instant renewAt(X509Certificate certificate) {
        Instant start = certificate.getNotBefore().toInstant();
        Duration life = Duration.between(start, certificate.getNotAfter().toInstant());
        return start.plus(life.multipliedBy(2).dividedBy(3)).truncatedTo(ChronoUnit.SECONDS);
    }

    private static boolean isSignedBy(X509Certificate certificate, X509Certificate ca) {
        try {
            certificate.verify(ca.getPublicKey());
            return certificate.getIssuerX500Principal().equals(ca.getSubjectX500Principal());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static X509Certificate readCertificate(String pem) {
        return Pem.readCertificate("the client certificate", pem);
    }

    private static P256Key readKey(String pem) {
        return Pem.readKey("the client key", pem);
    }
}
