package dev.sandboxcluster.operator.credentials;

import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;

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
        SecureRandom random = new SecureRandom();
        CertificateAuthority authority =
                CertificateAuthority.parse("the client CA's certificate", "the client CA's key", clientCa);
        X500Name subject = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, organization)
                .addRDN(BCStyle.CN, commonName)
                .build();
        P256Key key = P256Key.generate(random);
        X509Certificate certificate = authority.signClient(subject, key, now, lifetime, random);
        return new KeyPairPem(Pem.write(certificate), Pem.write(key));
    }
}
