package dev.sandboxcluster.operator.credentials;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * What makes a sandbox the cluster that it is: five independent certificate authorities, the key that signs
 * service-account tokens, and the token by which nodes join. Content of the Secret {@code <name>-pki}; made once, never
 * changed, because a running k3s doesn't accept a change.
 *
 * <p>An instance is always consistent: {@link #mint} makes it so, {@link #parse} verifies it.
 */
public final class ClusterPki {

    /** Key of the Secret that holds the node token, in k3s's form {@code K10<hash of the CA>::server:<password>}. */
    public static final String TOKEN = "token";

    private static final String SERVICE_KEY = "service.key";
    private static final Pattern TOKEN_FORMAT = Pattern.compile("K10([0-9a-f]{64})::server:\\S+");
    private static final int TOKEN_PASSWORD_BYTES = 16;
    private static final int SUBJECT_NONCE_BYTES = 8;
    /** RFC 5280, Appendix A.1: ub-organization-name. */
    private static final int LONGEST_ORGANIZATION = 64;

    private final Map<String, String> data;

    private ClusterPki(Map<String, String> data) {
        this.data = Collections.unmodifiableMap(data);
    }

    /**
     * Makes everything anew. No two calls share a key or a CA's subject, so one cluster's certificate never passes for
     * another's, not even by name.
     *
     * @param clusterName goes into the CAs' subjects, for people who look at them
     * @param now certificates are valid from an hour before, for ten years
     */
    public static ClusterPki mint(String clusterName, Instant now) {
        SecureRandom random = new SecureRandom();
        Map<String, String> data = new LinkedHashMap<>();
        for (Authority authority : Authority.values()) {
            X500NameBuilder subject = new X500NameBuilder(BCStyle.INSTANCE)
                    .addRDN(BCStyle.O, clusterName.substring(0, Math.min(clusterName.length(), LONGEST_ORGANIZATION)))
                    .addRDN(BCStyle.CN, "k3s-" + authority.secretName + "@" + hex(random, SUBJECT_NONCE_BYTES));
            KeyPairPem pem = CertificateAuthority.selfSigned(subject.build(), now, random)
                    .toPem();
            data.put(authority.certificateKey(), pem.certificate());
            data.put(authority.privateKeyKey(), pem.privateKey());
        }
        data.put(SERVICE_KEY, Pem.write(P256Key.generate(random)));
        String caHash = Sha256.hex(data.get(Authority.SERVER.certificateKey()));
        data.put(TOKEN, "K10" + caHash + "::server:" + hex(random, TOKEN_PASSWORD_BYTES));
        return new ClusterPki(data);
    }

    /**
     * Reads what {@link #mint} wrote and {@link #data} returned. Other keys are left out.
     *
     * @param decodedData the Secret's data, after base64
     * @throws InvalidPkiException if something is missing, unparsable or doesn't belong together; the message says what
     */
    public static ClusterPki parse(Map<String, String> decodedData) {
        Map<String, String> data = new LinkedHashMap<>();
        for (String key : secretKeys()) {
            String value = decodedData.get(key);
            if (value == null || value.isBlank()) {
                throw new InvalidPkiException(key + " is missing");
            }
            data.put(key, value);
        }
        ClusterPki pki = new ClusterPki(data);
        for (Authority authority : Authority.values()) {
            CertificateAuthority.parse(authority.certificateKey(), authority.privateKeyKey(), pki.keyPair(authority));
        }
        Pem.readKey(SERVICE_KEY, data.get(SERVICE_KEY));
        Matcher token = TOKEN_FORMAT.matcher(pki.token());
        if (!token.matches()) {
            throw new InvalidPkiException(TOKEN + " is not of the form K10<hash>::server:<password>");
        }
        if (!token.group(1).equals(pki.caHash())) {
            throw new InvalidPkiException(
                    TOKEN + " carries another hash than that of " + Authority.SERVER.certificateKey());
        }
        return pki;
    }

    /** Reads what {@link #parse} accepted before, without verifying it again, which takes longer than all else. */
    public static ClusterPki ofVerified(Map<String, String> decodedData) {
        Map<String, String> data = new LinkedHashMap<>();
        secretKeys().forEach(key -> data.put(key, decodedData.get(key)));
        return new ClusterPki(data);
    }

    /** The Secret's data, before base64, in a fixed order. */
    public Map<String, String> data() {
        return data;
    }

    /** SHA-256 of the bytes of {@code server-ca.crt}, lower-case hex: k3s's name for this cluster's identity. */
    public String caHash() {
        return Sha256.hex(serverCaCertificate());
    }

    /** PEM of the CA that signs the API server's certificate: what clients must trust. */
    public String serverCaCertificate() {
        return data.get(Authority.SERVER.certificateKey());
    }

    /** The CA whose client certificates the API server accepts as users. */
    public KeyPairPem clientCa() {
        return keyPair(Authority.CLIENT);
    }

    /** The node token; whoever has it can add a node. */
    public String token() {
        return data.get(TOKEN);
    }

    /**
     * Where k3s looks for these files: key of the Secret to path below {@code <data-dir>/server/tls}. The token is no
     * such file. The same for every cluster, hence static: a volume can be described without its content.
     */
    public static Map<String, String> pathsBelowTls() {
        Map<String, String> paths = new LinkedHashMap<>();
        for (Authority authority : Authority.values()) {
            paths.put(authority.certificateKey(), authority.path + ".crt");
            paths.put(authority.privateKeyKey(), authority.path + ".key");
        }
        paths.put(SERVICE_KEY, SERVICE_KEY);
        return Collections.unmodifiableMap(paths);
    }

    @Override
    public String toString() {
        return "ClusterPki[caHash=" + caHash() + "]";
    }

    private KeyPairPem keyPair(Authority authority) {
        return new KeyPairPem(data.get(authority.certificateKey()), data.get(authority.privateKeyKey()));
    }

    private static List<String> secretKeys() {
        List<String> keys = new ArrayList<>(pathsBelowTls().keySet());
        keys.add(TOKEN);
        return keys;
    }

    private static String hex(SecureRandom random, int bytes) {
        byte[] value = new byte[bytes];
        random.nextBytes(value);
        return HexFormat.of().formatHex(value);
    }

    /** k3s's certificate authorities (k3s, pkg/daemons/config: {@code ControlRuntime}). */
    private enum Authority {
        SERVER("server-ca", "server-ca"),
        CLIENT("client-ca", "client-ca"),
        REQUEST_HEADER("request-header-ca", "request-header-ca"),
        ETCD_SERVER("etcd-server-ca", "etcd/server-ca"),
        ETCD_PEER("etcd-peer-ca", "etcd/peer-ca");

        private final String secretName;
        private final String path;

        Authority(String secretName, String path) {
            this.secretName = secretName;
            this.path = path;
        }

        private String certificateKey() {
            return secretName + ".crt";
        }

        private String privateKeyKey() {
            return secretName + ".key";
        }
    }
}
