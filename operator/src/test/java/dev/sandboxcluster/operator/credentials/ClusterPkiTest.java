package dev.sandboxcluster.operator.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterPkiTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.750Z");
    private static final List<String> AUTHORITIES =
            List.of("server-ca", "client-ca", "request-header-ca", "etcd-server-ca", "etcd-peer-ca");

    private final ClusterPki pki = ClusterPki.mint("demo", NOW);

    @Test
    void holdsEveryFileThatK3sReadsAndTheToken() {
        assertThat(ClusterPki.pathsBelowTls())
                .containsExactly(
                        Map.entry("server-ca.crt", "server-ca.crt"),
                        Map.entry("server-ca.key", "server-ca.key"),
                        Map.entry("client-ca.crt", "client-ca.crt"),
                        Map.entry("client-ca.key", "client-ca.key"),
                        Map.entry("request-header-ca.crt", "request-header-ca.crt"),
                        Map.entry("request-header-ca.key", "request-header-ca.key"),
                        Map.entry("etcd-server-ca.crt", "etcd/server-ca.crt"),
                        Map.entry("etcd-server-ca.key", "etcd/server-ca.key"),
                        Map.entry("etcd-peer-ca.crt", "etcd/peer-ca.crt"),
                        Map.entry("etcd-peer-ca.key", "etcd/peer-ca.key"),
                        Map.entry("service.key", "service.key"));
        Set<String> keys = new HashSet<>(ClusterPki.pathsBelowTls().keySet());
        keys.add("token");
        assertThat(pki.data()).containsOnlyKeys(keys);
    }

    @Test
    void authoritiesHaveTheExtensionsAndTheLifeThatK3sExpects() throws GeneralSecurityException {
        for (String authority : AUTHORITIES) {
            X509Certificate certificate = certificate(authority);
            assertThat(certificate.getVersion()).isEqualTo(3);
            assertThat(certificate.getNotBefore()).isEqualTo(Instant.parse("2026-03-01T11:00:00Z"));
            assertThat(certificate.getNotAfter()).isEqualTo(Instant.parse("2036-02-27T12:00:00Z"));
            assertThat(certificate.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
            assertThat(certificate.getKeyUsage())
                    .containsExactly(true, false, true, false, false, true, false, false, false);
            assertThat(certificate.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.19", "2.5.29.15");
            assertThat(certificate.getNonCriticalExtensionOIDs()).containsExactly("2.5.29.14");
            assertThat(certificate.getSerialNumber()).isPositive();
            assertThat(certificate.getSerialNumber().bitLength()).isBetween(64, 128);
            assertThat(certificate.getSubjectX500Principal().getName())
                    .matches("CN=k3s-" + authority + "@[0-9a-f]{16},O=demo");
            certificate.verify(certificate.getPublicKey());
        }
    }

    @Test
    void twoClustersOfTheSameNameAndTimeShareNothing() throws GeneralSecurityException {
        ClusterPki other = ClusterPki.mint("demo", NOW);
        Set<String> subjects = new HashSet<>();
        Set<String> values = new HashSet<>(pki.data().values());
        values.addAll(other.data().values());
        for (ClusterPki each : List.of(pki, other)) {
            for (String authority : AUTHORITIES) {
                subjects.add(Jdk.certificate(each.data().get(authority + ".crt"))
                        .getSubjectX500Principal()
                        .getName());
            }
        }
        assertThat(subjects).hasSize(2 * AUTHORITIES.size());
        assertThat(values).hasSize(2 * pki.data().size());
    }

    @Test
    void subjectsTakeAnyName() throws GeneralSecurityException {
        ClusterPki odd = ClusterPki.mint("a,b=c+\"d\\ " + "x".repeat(100), NOW);
        assertThat(Jdk.certificate(odd.serverCaCertificate())
                        .getSubjectX500Principal()
                        .getName())
                .contains("O=a\\,b\\=c\\+\\\"d\\\\ " + "x".repeat(54))
                .doesNotContain("x".repeat(55));
    }

    @Test
    void opensslAcceptsKeysAndCertificates(@TempDir Path directory) {
        OpenSsl openssl = new OpenSsl(directory);
        pki.data().forEach(openssl::file);
        for (String authority : AUTHORITIES) {
            String crt = authority + ".crt";
            openssl.must("verify", "-x509_strict", "-check_ss_sig", "-attime", "1772366400", "-CAfile", crt, crt);
            assertThat(openssl.must("x509", "-in", crt, "-noout", "-ext", "basicConstraints,keyUsage"))
                    .contains("Basic Constraints: critical", "CA:TRUE", "Key Usage: critical")
                    .contains("Digital Signature, Key Encipherment, Certificate Sign");
            assertThat(openssl.must("x509", "-in", crt, "-noout", "-pubkey"))
                    .isEqualTo(openssl.must("pkey", "-in", authority + ".key", "-pubout"));
        }
        for (String key : pki.data().keySet()) {
            if (key.endsWith(".key")) {
                assertThat(pki.data().get(key)).startsWith("-----BEGIN EC PRIVATE KEY-----\n");
                assertThat(openssl.must("ec", "-in", key, "-check", "-noout", "-text"))
                        .contains("EC Key valid", "ASN1 OID: prime256v1");
            }
        }
    }

    @Test
    void keysAreEncodedAsOpensslWouldEncodeThem(@TempDir Path directory) {
        OpenSsl openssl = new OpenSsl(directory);
        openssl.file("service.key", pki.data().get("service.key"));
        openssl.must("ec", "-in", "service.key", "-out", "again.key");
        assertThat(openssl.read("again.key")).isEqualTo(pki.data().get("service.key"));
    }

    @Test
    void tokenCarriesTheHashOfTheServerCaAsOpensslComputesIt(@TempDir Path directory) {
        OpenSsl openssl = new OpenSsl(directory);
        openssl.file("server-ca.crt", pki.serverCaCertificate());
        String hash = openssl.must("dgst", "-sha256", "-r", "server-ca.crt").substring(0, 64);
        assertThat(pki.caHash()).isEqualTo(hash);
        assertThat(pki.token())
                .matches("K10" + hash + "::server:[0-9a-f]{32}")
                .isEqualTo(pki.data().get("token"));
    }

    @Test
    void parseReturnsWhatWasMintedAndLeavesOutTheRest() {
        Map<String, String> stored = new HashMap<>(pki.data());
        stored.put("notes.txt", "not ours");
        assertThat(new ArrayList<>(ClusterPki.parse(stored).data().entrySet()))
                .isEqualTo(new ArrayList<>(pki.data().entrySet()));
    }

    @Test
    void parseAcceptsKeysInPkcs8AndWithANamedCurveBefore(@TempDir Path directory) {
        OpenSsl openssl = new OpenSsl(directory);
        openssl.file("client-ca.key", pki.data().get("client-ca.key"));
        String pkcs8 = openssl.must("pkcs8", "-topk8", "-nocrypt", "-in", "client-ca.key");
        assertThat(pkcs8).startsWith("-----BEGIN PRIVATE KEY-----");
        String generated = openssl.must("ecparam", "-name", "prime256v1", "-genkey");
        assertThat(generated).contains("EC PARAMETERS");
        assertThatCode(() -> ClusterPki.parse(with("client-ca.key", pkcs8))).doesNotThrowAnyException();
        assertThatCode(() -> ClusterPki.parse(with("service.key", generated))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server-ca.crt", "server-ca.key", "client-ca.crt", "client-ca.key",
                "request-header-ca.crt", "request-header-ca.key", "etcd-server-ca.crt", "etcd-server-ca.key",
                "etcd-peer-ca.crt", "etcd-peer-ca.key", "service.key", "token"
            })
    void eachKeyIsRequired(String key) {
        Map<String, String> stored = new HashMap<>(pki.data());
        stored.remove(key);
        assertInvalid(stored, key + " is missing");
        assertInvalid(with(key, " \n"), key + " is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"server-ca.crt", "client-ca.crt", "request-header-ca.crt", "etcd-server-ca.crt"})
    void certificatesMustParse(String key) {
        String message = key + " is not exactly one PEM certificate";
        String good = pki.data().get(key);
        assertInvalid(with(key, "s3cret"), message);
        assertInvalid(with(key, good + good), message);
        assertInvalid(with(key, pki.data().get("service.key")), message);
        assertInvalid(with(key, good.substring(0, good.length() / 2)), message);
        assertInvalid(with(key, good.replace("MII", "M*I")), message);
        assertInvalid(with(key, good.replace("MII", "AII")), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"server-ca.key", "client-ca.key", "request-header-ca.key", "etcd-peer-ca.key", "service.key"})
    void keysMustParse(String key) {
        String message = key + " is not exactly one PEM private key on curve P-256";
        String good = pki.data().get(key);
        assertInvalid(with(key, "s3cret"), message);
        assertInvalid(with(key, good + good), message);
        assertInvalid(with(key, pki.serverCaCertificate()), message);
        assertInvalid(with(key, good.replace("MHc", "AHc")), message);
        assertInvalid(with(key, good.replace("-----END", "-----FIN")), message);
        assertInvalid(with(key, good.replace("EC PRIVATE", "RSA PRIVATE")), message);
    }

    @ParameterizedTest
    @CsvSource({"EC,secp384r1", "EC,secp256k1", "RSA,2048", "ED25519,"})
    void keysMustBeOnP256(String algorithm, String parameter, @TempDir Path directory) {
        OpenSsl openssl = new OpenSsl(directory);
        List<String> command = new ArrayList<>(List.of("genpkey", "-algorithm", algorithm));
        if (parameter != null) {
            command.add("-pkeyopt");
            command.add((algorithm.equals("EC") ? "ec_paramgen_curve:" : "rsa_keygen_bits:") + parameter);
        }
        command.addAll(List.of("-out", "other.key"));
        openssl.must(command.toArray(String[]::new));
        String message = "service.key is not exactly one PEM private key on curve P-256";
        assertInvalid(with("service.key", openssl.read("other.key")), message);
        if (algorithm.equals("EC")) {
            openssl.must("ec", "-in", "other.key", "-out", "sec1.key");
            assertInvalid(with("service.key", openssl.read("sec1.key")), message);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"server-ca", "client-ca", "request-header-ca", "etcd-server-ca", "etcd-peer-ca"})
    void anAuthorityAndItsKeyMustBelongTogether(String authority) {
        assertInvalid(
                with(authority + ".key", pki.data().get("service.key")),
                authority + ".key does not belong to " + authority + ".crt");
    }

    @Test
    void anAuthorityMustHaveTheRightToSign() {
        KeyPairPem leaf = ClientCertificate.mint(pki.clientCa(), "a", "b", NOW, Duration.ofDays(1));
        Map<String, String> stored = with("client-ca.crt", leaf.certificate());
        stored.put("client-ca.key", leaf.privateKey());
        assertInvalid(stored, "client-ca.crt is not a certificate authority's");
    }

    @Test
    void theTokenMustCarryTheHashOfTheServerCa() {
        String message = "token carries another hash than that of server-ca.crt";
        assertInvalid(with("token", ClusterPki.mint("demo", NOW).token()), message);
        // The same certificate, but not the same bytes.
        assertInvalid(with("server-ca.crt", pki.serverCaCertificate() + "\n"), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3cret",
                "K10abc::server:s3cret",
                "K10HASH::server:",
                "K10HASH::node:s3cret",
                "K10HASH::server:s3 cret",
                " K10HASH::server:s3cret",
                "K10HASH::server:s3cret\n"
            })
    void theTokenMustHaveK3sForm(String template) {
        assertInvalid(
                with("token", template.replace("HASH", pki.caHash())),
                "token is not of the form K10<hash>::server:<password>");
    }

    @Test
    void textFormsHideKeys() {
        assertThat(pki).hasToString("ClusterPki[caHash=" + pki.caHash() + "]");
        assertThat(pki.clientCa()).hasToString("KeyPairPem[hidden]");
        assertThat(Pem.readKey("key", pki.clientCa().privateKey())).hasToString("P256Key[hidden]");
    }

    @Test
    void dataCannotBeChanged() {
        assertThatThrownBy(() -> pki.data().put("token", "x")).isInstanceOf(UnsupportedOperationException.class);
    }

    private X509Certificate certificate(String authority) throws GeneralSecurityException {
        return Jdk.certificate(pki.data().get(authority + ".crt"));
    }

    private Map<String, String> with(String key, String value) {
        Map<String, String> changed = new HashMap<>(pki.data());
        assertThat(changed.put(key, value)).isNotEqualTo(value);
        return changed;
    }

    private static void assertInvalid(Map<String, String> stored, String message) {
        assertThatThrownBy(() -> ClusterPki.parse(stored))
                .isExactlyInstanceOf(InvalidPkiException.class)
                .hasMessage(message)
                .hasNoCause();
    }
}
