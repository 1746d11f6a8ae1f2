package dev.sandboxcluster.operator.credentials;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509ExtensionUtils;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;

/** A certificate with the right to sign others, and its key, which belongs to it. */
record CertificateAuthority(X509Certificate certificate, P256Key key) {

    /** As long as the CAs that k3s makes itself; a sandbox never lives to see it. */
    static final Duration LIFETIME = Duration.ofDays(3650);

    private static final Duration LARGEST_BACKDATING = Duration.ofHours(1);
    private static final int SERIAL_BITS = 128;

    /** Makes a new authority that is valid from an hour before {@code now}, for clocks that are behind. */
    static CertificateAuthority selfSigned(X500Name subject, Instant now, SecureRandom random) {
        P256Key key = P256Key.generate(random);
        Instant from = now.truncatedTo(ChronoUnit.SECONDS);
        try {
            X509ExtensionUtils extensions = new BcX509ExtensionUtils();
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                            subject,
                            serial(random),
                            Date.from(from.minus(LARGEST_BACKDATING)),
                            Date.from(from.plus(LIFETIME)),
                            subject,
                            key.publicKey())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                    .addExtension(
                            Extension.keyUsage,
                            true,
                            new KeyUsage(KeyUsage.keyCertSign | KeyUsage.digitalSignature | KeyUsage.keyEncipherment))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            extensions.createSubjectKeyIdentifier(key.publicKey()));
            return new CertificateAuthority(toJdk(builder.build(key.signer(random))), key);
        } catch (CertIOException e) {
            throw new IllegalStateException("extensions made here must have an encoding", e);
        }
    }

    /**
     * Reads an authority.
     *
     * @param certificateName how messages call the certificate
     * @param keyName how messages call the key
     * @throws InvalidPkiException if one of both is unparsable, the key is another certificate's, or the certificate has
     *     no right to sign
     */
    static CertificateAuthority parse(String certificateName, String keyName, KeyPairPem pem) {
        X509Certificate certificate = Pem.readCertificate(certificateName, pem.certificate());
        P256Key key = Pem.readKey(keyName, pem.privateKey());
        if (certificate.getBasicConstraints() < 0) {
            throw new InvalidPkiException(certificateName + " is not a certificate authority's");
        }
        if (!key.belongsTo(certificate)) {
            throw new InvalidPkiException(keyName + " does not belong to " + certificateName);
        }
        return new CertificateAuthority(certificate, key);
    }

    /**
     * Signs a client certificate. It ends when {@code lifetime} or this authority does, whichever is first, and begins
     * before {@code now} by an hour or by a tenth of the life ahead of it, whichever is less: a renewal after two thirds
     * of the whole would otherwise be due at once when lives are short.
     *
     * @throws IllegalArgumentException if less than a second of life is left
     */
    X509Certificate signClient(
            X500Name subject, P256Key subjectKey, Instant now, Duration lifetime, SecureRandom random) {
        Instant from = now.truncatedTo(ChronoUnit.SECONDS);
        Instant authorityEnd = certificate.getNotAfter().toInstant();
        Instant wantedEnd = from.plus(lifetime).truncatedTo(ChronoUnit.SECONDS);
        Instant end = wantedEnd.isBefore(authorityEnd) ? wantedEnd : authorityEnd;
        if (!end.isAfter(from)) {
            throw new IllegalArgumentException("no certificate can end at " + end + ", which is not after " + now);
        }
        Duration tenth = Duration.between(from, end).dividedBy(10).truncatedTo(ChronoUnit.SECONDS);
        Duration backdating = tenth.compareTo(LARGEST_BACKDATING) < 0 ? tenth : LARGEST_BACKDATING;
        try {
            X509ExtensionUtils extensions = new BcX509ExtensionUtils();
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                            X500Name.getInstance(
                                    certificate.getSubjectX500Principal().getEncoded()),
                            serial(random),
                            Date.from(from.minus(backdating)),
                            Date.from(end),
                            subject,
                            subjectKey.publicKey())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(
                            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            extensions.createSubjectKeyIdentifier(subjectKey.publicKey()))
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            extensions.createAuthorityKeyIdentifier(new JcaX509CertificateHolder(certificate)));
            return toJdk(builder.build(key.signer(random)));
        } catch (CertIOException | CertificateEncodingException e) {
            throw new IllegalStateException("extensions made here must have an encoding", e);
        }
    }

    KeyPairPem toPem() {
        return new KeyPairPem(Pem.write(certificate), Pem.write(key));
    }

    private static X509Certificate toJdk(X509CertificateHolder certificate) {
        try {
            return new JcaX509CertificateConverter().getCertificate(certificate);
        } catch (CertificateException e) {
            throw new IllegalStateException("the JDK must be able to read what was just signed", e);
        }
    }

    /** RFC 5280, 4.1.2.2: positive, at most 20 octets. */
    private static BigInteger serial(SecureRandom random) {
        return new BigInteger(SERIAL_BITS, random).max(BigInteger.ONE);
    }
}
