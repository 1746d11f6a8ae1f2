package dev.sandboxcluster.operator.credentials;

import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/** Certificates by which a client is a user (common name) and member of a group (organization) of a Kubernetes API. */
public final class ClientCertificate {

    private ClientCertificate() {}

    /**
     * Makes a key and a certificate for it. It begins up to an hour before {@code now}, for clocks that are behind, and
     * ends {@code lifetime} after, but never after the CA does.
     *
     * @param clientCa what signs it
     * @param commonName the user, such as {@code system:admin}
     * @param organization the group, such as {@code system:masters}
     * @param lifetime from {@code now}, positive
     * @throws InvalidPkiException if {@code clientCa} is unparsable, no CA, or its key is another's
     * @throws IllegalArgumentException if {@code lifetime} isn't positive or the CA has expired
     */
    public static KeyPairPem mint(
            KeyPairPem clientCa, String commonName, String organization, Instant now, Duration lifetime) {
        return mint(clientCa, commonName, List.of(organization), now, lifetime);
    }

    /** The same with any number of groups. */
    public static KeyPairPem mint(
            KeyPairPem clientCa, String commonName, List<String> organizations, Instant now, Duration lifetime) {
        SecureRandom random = new SecureRandom();
        CertificateAuthority authority =
                CertificateAuthority.parse("the client CA's certificate", "the client CA's key", clientCa);
        X500NameBuilder subject = new X500NameBuilder(BCStyle.INSTANCE);
        organizations.forEach(organization -> subject.addRDN(BCStyle.O, organization));
        subject.addRDN(BCStyle.CN, commonName);
        P256Key key = P256Key.generate(random);
        X509Certificate certificate = authority.signClient(subject.build(), key, now, lifetime, random);
        return new KeyPairPem(Pem.write(certificate), Pem.write(key));
    }

    /** A user and the only group that the user is in. */
    public record Subject(String user, String group) {}

    /**
     * Whom a certificate is for.
     *
     * @param certificate PEM, or null
     * @return empty: it is unparsable, or its subject isn't one user and one group
     */
    public static Optional<Subject> subject(String certificate) {
        try {
            X500Name name =
                    X500Name.getInstance(Pem.readCertificate("the client certificate", String.valueOf(certificate))
                            .getSubjectX500Principal()
                            .getEncoded());
            return only(name, BCStyle.CN).flatMap(user -> only(name, BCStyle.O).map(group -> new Subject(user, group)));
        } catch (InvalidPkiException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> only(X500Name name, ASN1ObjectIdentifier attribute) {
        List<String> values = values(name, attribute);
        return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
    }

    /** The values of an attribute, exactly as they are; none where one stands together with others. */
    static List<String> values(X500Name name, ASN1ObjectIdentifier attribute) {
        RDN[] found = name.getRDNs(attribute);
        return Stream.of(found).anyMatch(RDN::isMultiValued)
                ? List.of()
                : Stream.of(found)
                        .map(part -> IETFUtils.valueToString(part.getFirst().getValue()))
                        .toList();
    }
}
