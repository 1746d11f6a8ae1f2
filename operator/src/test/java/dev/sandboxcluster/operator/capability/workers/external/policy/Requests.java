package dev.sandboxcluster.operator.capability.workers.external.policy;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;

/** Signed PKCS#10 requests, and the objects around them as the API server would have written them. */
public final class Requests {

    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final KeyPair P256 = ec("secp256r1");

    private Requests() {}

    static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static KeyPair keys(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (bits > 0) {
                generator.initialize(bits);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static PKCS10CertificationRequestBuilder content(String subject, KeyPair key) {
        return content(new X500Name(subject), key);
    }

    static PKCS10CertificationRequestBuilder content(X500Name subject, KeyPair key) {
        return new PKCS10CertificationRequestBuilder(
                subject, SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
    }

    static String sign(PKCS10CertificationRequestBuilder content, KeyPair signer) {
        String algorithm =
                switch (signer.getPrivate().getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    case "DSA" -> "SHA256withDSA";
                    default -> "Ed25519";
                };
        try {
            byte[] der = content.build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate()))
                    .getEncoded();
            return pem("CERTIFICATE REQUEST", der);
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + type + "-----\n";
    }

    /** What a kubelet asks for as a client. */
    public static String client(String subject) {
        return sign(content(subject, P256), P256);
    }

    static String serving(String subject, GeneralName... names) {
        return sign(
                content(subject, P256)
                        .addAttribute(
                                PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
                                extensions(names).generate()),
                P256);
    }

    static ExtensionsGenerator extensions(GeneralName... names) {
        try {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            if (names.length > 0) {
                extensions.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            return extensions;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static GeneralName dns(String name) {
        return new GeneralName(GeneralName.dNSName, name);
    }

    static GeneralName ip(String address) {
        try {
            return new GeneralName(
                    GeneralName.iPAddress,
                    new DEROctetString(InetAddress.getByName(address).getAddress()));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    static CertificateSigningRequest object(
            String signer, String user, List<String> groups, List<String> usages, String pem) {
        return new CertificateSigningRequestBuilder()
                .withNewMetadata()
                .withName("csr-" + Integer.toHexString(Arrays.hashCode(new Object[] {user, pem})))
                .withCreationTimestamp(NOW.toString())
                .endMetadata()
                .withNewSpec()
                .withSignerName(signer)
                .withUsername(user)
                .withGroups(groups)
                .withUsages(usages)
                .withRequest(base64(pem))
                .endSpec()
                .build();
    }

    static CertificateSigningRequest with(CertificateSigningRequest request, String condition, Instant at) {
        return new CertificateSigningRequestBuilder(request)
                .withNewStatus()
                .addNewCondition()
                .withType(condition)
                .withStatus("True")
                .withLastUpdateTime(at.toString())
                .endCondition()
                .endStatus()
                .build();
    }
}
