package dev.sandboxcluster.operator.sandbox.probe;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.stream.Stream;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** A CA with P-256 keys. */
final class TestAuthority {

    /** PEM; the key in both of the usual encodings. */
    record Issued(String certificate, String pkcs8, String sec1) {}

    private final String name;
    private final KeyPair keys = newKeys();
    private final String certificate;

    TestAuthority(String name) {
        this.name = name;
        this.certificate = pem(sign(name, keys, true, Duration.ofDays(1)));
    }

    String certificate() {
        return certificate;
    }

    /** @param names DNS names, and IP addresses */
    Issued issue(String subject, String... names) {
        return issue(subject, Duration.ofDays(1), names);
    }

    /** @param left from now to the certificate's end; negative if that's past */
    Issued issue(String subject, Duration left, String... names) {
        KeyPair subjectKeys = newKeys();
        try {
            return new Issued(
                    pem(sign(subject, subjectKeys, false, left, names)),
                    pem(new JcaPKCS8Generator(subjectKeys.getPrivate(), null)),
                    pem(new PemObject(
                            "EC PRIVATE KEY",
                            new ECPrivateKey(
                                            256,
                                            ((java.security.interfaces.ECPrivateKey) subjectKeys.getPrivate()).getS(),
                                            SECObjectIdentifiers.secp256r1)
                                    .getEncoded())));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509CertificateHolder sign(
            String subject, KeyPair subjectKeys, boolean ca, Duration left, String... names) {
        Instant now = Instant.now();
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                new X500Name("CN=" + name),
                BigInteger.valueOf(now.toEpochMilli()),
                Date.from(now.minus(Duration.ofDays(2))),
                Date.from(now.plus(left)),
                new X500Name("CN=" + subject),
                SubjectPublicKeyInfo.getInstance(subjectKeys.getPublic().getEncoded()));
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
            if (names.length > 0) {
                GeneralName[] alternatives = Stream.of(names)
                        .map(alternative -> new GeneralName(
                                Character.isDigit(alternative.charAt(0)) ? GeneralName.iPAddress : GeneralName.dNSName,
                                alternative))
                        .toArray(GeneralName[]::new);
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
            }
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }
}
