package dev.sandboxcluster.operator.credentials;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** The text form of certificates and P-256 private keys. Lines end in {@code \n} on every platform. */
final class Pem {

    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String SEC1_KEY = "EC PRIVATE KEY";
    private static final String PKCS8_KEY = "PRIVATE KEY";
    /** A block that {@code openssl ecparam -genkey} writes before the key; it says nothing the key doesn't. */
    private static final String CURVE_NAME = "EC PARAMETERS";

    private Pem() {}

    static String write(X509Certificate certificate) {
        try {
            return block(CERTIFICATE, certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was just made or read must have an encoding", e);
        }
    }

    /** SEC 1 ({@code EC PRIVATE KEY}), the form that k3s itself writes. */
    static String write(P256Key key) {
        return block(SEC1_KEY, key.toSec1());
    }

    /**
     * Reads exactly one certificate.
     *
     * @param what how messages call it
     * @throws InvalidPkiException if that isn't what {@code pem} is
     */
    static X509Certificate readCertificate(String what, String pem) {
        return theOnlyBlock(pem, Set.of(CERTIFICATE))
                .flatMap(Pem::decodeCertificate)
                .orElseThrow(() -> new InvalidPkiException(what + " is not exactly one PEM certificate"));
    }

    /**
     * Reads exactly one P-256 private key, in SEC 1 or PKCS#8 form.
     *
     * @param what how messages call it
     * @throws InvalidPkiException if that isn't what {@code pem} is
     */
    static P256Key readKey(String what, String pem) {
        return theOnlyBlock(pem, Set.of(SEC1_KEY, PKCS8_KEY))
                .flatMap(block -> SEC1_KEY.equals(block.getType())
                        ? P256Key.fromSec1(block.getContent())
                        : P256Key.fromPkcs8(block.getContent()))
                .orElseThrow(
                        () -> new InvalidPkiException(what + " is not exactly one PEM private key on curve P-256"));
    }

    private static String block(String type, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
    }

    private static Optional<PemObject> theOnlyBlock(String pem, Set<String> types) {
        List<PemObject> blocks = new ArrayList<>();
        try (PemReader reader = new PemReader(new StringReader(pem))) {
            for (PemObject block = reader.readPemObject(); block != null; block = reader.readPemObject()) {
                if (!CURVE_NAME.equals(block.getType())) {
                    blocks.add(block);
                }
            }
        } catch (IOException | RuntimeException e) { // malformed base64 is one of BouncyCastle's unchecked exceptions
            return Optional.empty();
        }
        return blocks.size() == 1 && types.contains(blocks.get(0).getType())
                ? Optional.of(blocks.get(0))
                : Optional.empty();
    }

    private static Optional<X509Certificate> decodeCertificate(PemObject block) {
        try {
            return Optional.of((X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(block.getContent())));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }
}
