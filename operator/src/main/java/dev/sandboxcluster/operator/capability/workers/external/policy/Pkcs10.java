package dev.sandboxcluster.operator.capability.workers.external.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1PrintableString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

/**
 * What a machine wants to have signed. It is read so narrowly that the signer, whose parser is another, cannot see
 * another name in the same text.
 *
 * @param nodeName the {@code <name>} of a subject that is exactly {@code O=system:nodes,CN=system:node:<name>}
 * @param subject for messages, shortened
 * @param extensions the identifiers of the extensions that it asks for
 * @param alternativeNames the subject's, as asked for
 */
record Pkcs10(
        PKCS10CertificationRequest request,
        Optional<String> nodeName,
        String subject,
        Set<String> extensions,
        List<GeneralName> alternativeNames) {

    private static final Pattern PEM = Pattern.compile(
            "-----BEGIN CERTIFICATE REQUEST-----\\r?\\n([A-Za-z0-9+/=\\r\\n]+)-----END CERTIFICATE REQUEST-----\\s*");
    private static final List<ASN1ObjectIdentifier> CURVES =
            List.of(SECObjectIdentifiers.secp256r1, SECObjectIdentifiers.secp384r1, SECObjectIdentifiers.secp521r1);
    private static final int SUBJECT_LIMIT = 200;
    private static final int FEWEST_RSA_BITS = 2048;
    /** Go's TLS refuses longer ones. */
    private static final int MOST_RSA_BITS = 8192;

    /** Reads {@code spec.request}: base64 of exactly one PEM block, with nothing around it. */
    static Optional<Pkcs10> read(String base64) {
        try {
            Matcher pem = PEM.matcher(new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII));
            if (!pem.matches()) {
                return Optional.empty();
            }
            return parse(new PKCS10CertificationRequest(Base64.getMimeDecoder().decode(pem.group(1))));
        } catch (IOException | RuntimeException e) { // BouncyCastle's parsers throw many kinds
            return Optional.empty();
        }
    }

    boolean hasAcceptedKey() {
        return keyType().isPresent();
    }

    /** Whether the requester has the private key. */
    boolean isSignedByItsKey() {
        try {
            PublicKey key = KeyFactory.getInstance(keyType().orElseThrow())
                    .generatePublic(new X509EncodedKeySpec(
                            request.getSubjectPublicKeyInfo().getEncoded()));
            return request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key));
        } catch (GeneralSecurityException
                | IOException
                | OperatorCreationException
                | PKCSException
                | RuntimeException e) { // a key that is no key
            return false;
        }
    }

    /** What the JDK calls it, if it is accepted. */
    private Optional<String> keyType() {
        SubjectPublicKeyInfo key = request.getSubjectPublicKeyInfo();
        ASN1ObjectIdentifier algorithm = key.getAlgorithm().getAlgorithm();
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            int bits = rsaBits(key);
            return bits >= FEWEST_RSA_BITS && bits <= MOST_RSA_BITS ? Optional.of("RSA") : Optional.empty();
        }
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return CURVES.stream()
                    .filter(curve -> curve.equals(key.getAlgorithm().getParameters()))
                    .map(curve -> "EC")
                    .findFirst();
        }
        return algorithm.equals(EdECObjectIdentifiers.id_Ed25519) ? Optional.of("Ed25519") : Optional.empty();
    }

    private static Optional<Pkcs10> parse(PKCS10CertificationRequest request) {
        Optional<String> nodeName = nodeName(request.getSubject());
        String subject = request.getSubject().toString();
        String shown = subject.substring(0, Math.min(subject.length(), SUBJECT_LIMIT));
        Attribute[] asked = request.getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest);
        if (asked.length == 0) {
            return Optional.of(new Pkcs10(request, nodeName, shown, Set.of(), List.of()));
        }
        if (asked.length > 1 || asked[0].getAttrValues().size() != 1) {
            return Optional.empty();
        }
        Extensions extensions = Extensions.getInstance(asked[0].getAttrValues().getObjectAt(0));
        Set<String> identifiers = Arrays.stream(extensions.getExtensionOIDs())
                .map(ASN1ObjectIdentifier::getId)
                .collect(Collectors.toUnmodifiableSet());
        GeneralNames names = GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
        return Optional.of(new Pkcs10(
                request, nodeName, shown, identifiers, names == null ? List.of() : Arrays.asList(names.getNames())));
    }

    private static Optional<String> nodeName(X500Name subject) {
        boolean ofNodes =
                only(subject, BCStyle.O).filter(Csr.NODE_GROUP::equals).isPresent();
        return subject.getRDNs().length == 2 && ofNodes
                ? only(subject, BCStyle.CN)
                        .filter(name -> name.startsWith(Csr.NODE_USER))
                        .map(name -> name.substring(Csr.NODE_USER.length()))
                : Optional.empty();
    }

    /** Of the two string types alone that all parsers read alike. */
    private static Optional<String> only(X500Name subject, ASN1ObjectIdentifier attribute) {
        RDN[] found = subject.getRDNs(attribute);
        if (found.length != 1 || found[0].isMultiValued()) {
            return Optional.empty();
        }
        ASN1Encodable value = found[0].getFirst().getValue();
        return value instanceof ASN1UTF8String || value instanceof ASN1PrintableString
                ? Optional.of(((ASN1String) value).getString())
                : Optional.empty();
    }

    private static int rsaBits(SubjectPublicKeyInfo key) {
        try {
            return RSAPublicKey.getInstance(key.parsePublicKey()).getModulus().bitLength();
        } catch (IOException | RuntimeException e) { // BouncyCastle's parsers throw many kinds
            return 0;
        }
    }
}
