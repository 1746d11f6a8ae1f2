package dev.sandboxcluster.operator.credentials;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/**
 * When a published client certificate must be replaced by a new one. A chain of small checks, after cert-manager's
 * {@code internal/controller/certificates/policies}: the first that objects is the answer.
 *
 * @param clientCaCertificate PEM of the CA that must have signed it
 * @param commonName the user that it must name
 * @param organization the only group that it must name
 */
public record ClientCertificatePolicy(String clientCaCertificate, String commonName, String organization) {

    /**
     * Why a certificate must be replaced.
     *
     * @param reason one word, for conditions and events
     * @param message a sentence without a full stop; contains nothing secret
     */
    public record Violation(String reason, String message) {}

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
        return certificateMissing(certificate)
                .or(() -> privateKeyMissing(privateKey))
                .or(() -> unparsable(certificate, privateKey))
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

    private Optional<Violation> checkParsed(String certificatePem, String keyPem, X509Certificate ca, Instant now) {
        X509Certificate certificate = readCertificate(certificatePem);
        return privateKeyMismatch(certificate, readKey(keyPem))
                .or(() -> signedByAnother(certificate, ca))
                .or(() -> wrongSubject(certificate))
                .or(() -> notYetValid(certificate, now))
                .or(() -> expired(certificate, now))
                .or(() -> renewalDue(certificate, now));
    }

    private static Optional<Violation> certificateMissing(String certificate) {
        return when(certificate == null || certificate.isBlank(), "CertificateMissing", "there is no certificate");
    }

    private static Optional<Violation> privateKeyMissing(String privateKey) {
        return when(privateKey == null || privateKey.isBlank(), "PrivateKeyMissing", "there is no private key");
    }

    private static Optional<Violation> unparsable(String certificate, String privateKey) {
        try {
            readCertificate(certificate);
            readKey(privateKey);
            return Optional.empty();
        } catch (InvalidPkiException e) {
            return Optional.of(new Violation("Unparsable", e.getMessage()));
        }
    }

    private static Optional<Violation> privateKeyMismatch(X509Certificate certificate, P256Key key) {
        return when(
                !key.belongsTo(certificate),
                "PrivateKeyMismatch",
                "the private key does not belong to the certificate");
    }

    private static Optional<Violation> signedByAnother(X509Certificate certificate, X509Certificate ca) {
        return when(!isSignedBy(certificate, ca), "SignedByAnother", "the cluster's client CA did not sign it");
    }

    private Optional<Violation> wrongSubject(X509Certificate certificate) {
        X500Name subject =
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        return when(
                !hasOnly(subject, BCStyle.CN, commonName) || !hasOnly(subject, BCStyle.O, organization),
                "WrongSubject",
                "its subject is " + subject + " instead of O=" + organization + ",CN=" + commonName);
    }

    private static Optional<Violation> notYetValid(X509Certificate certificate, Instant now) {
        Instant start = certificate.getNotBefore().toInstant();
        return when(now.isBefore(start), "NotYetValid", "it is not valid before " + start);
    }

    private static Optional<Violation> expired(X509Certificate certificate, Instant now) {
        Instant end = certificate.getNotAfter().toInstant();
        return when(now.isAfter(end), "Expired", "it expired at " + end);
    }

    private static Optional<Violation> renewalDue(X509Certificate certificate, Instant now) {
        Instant due = renewAt(certificate);
        return when(
                !now.isBefore(due),
                "RenewalDue",
                "two thirds of its life were over at " + due + ", it ends at "
                        + certificate.getNotAfter().toInstant());
    }

    private static Optional<Violation> when(boolean violated, String reason, String message) {
        return violated ? Optional.of(new Violation(reason, message)) : Optional.empty();
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

    /** Compares exactly, as Kubernetes does; comparing names as X.500 does would ignore case. */
    private static boolean hasOnly(X500Name name, ASN1ObjectIdentifier attribute, String value) {
        RDN[] found = name.getRDNs(attribute);
        return found.length == 1
                && !found[0].isMultiValued()
                && IETFUtils.valueToString(found[0].getFirst().getValue()).equals(value);
    }

    private static X509Certificate readCertificate(String pem) {
        return Pem.readCertificate("the client certificate", pem);
    }

    private static P256Key readKey(String pem) {
        return Pem.readKey("the client key", pem);
    }
}
