package dev.sandboxcluster.operator.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubeconfigFileTest {

    private static final String CA = "-----BEGIN CERTIFICATE-----\nCA\n-----END CERTIFICATE-----\n";
    private static final KeyPairPem CLIENT = new KeyPairPem(
            "-----BEGIN CERTIFICATE-----\nclient\n-----END CERTIFICATE-----\n",
            "-----BEGIN EC PRIVATE KEY-----\nkey\n-----END EC PRIVATE KEY-----\n");

    @Test
    void goldenWithTlsServerName() throws IOException {
        assertThat(new KubeconfigFile(
                                "demo", "demo-admin", "https://203.0.113.7:30443", "kubernetes.default.svc", CA, CLIENT)
                        .toYaml())
                .isEqualTo(golden("kubeconfig-tls-server-name.yaml"));
    }

    @Test
    void goldenWithoutTlsServerName() throws IOException {
        assertThat(new KubeconfigFile("demo", "demo-admin", "https://demo.previews.svc:443", null, CA, CLIENT).toYaml())
                .isEqualTo(golden("kubeconfig.yaml"));
    }

    @Test
    void realPemsStayOnOneLineEach() throws IOException {
        KeyPairPem ca = ClusterPki.mint("demo", Instant.EPOCH).clientCa();
        String yaml = new KubeconfigFile("demo", "demo-admin", "https://h", null, ca.certificate(), ca).toYaml();
        assertThat(yaml.lines()).hasSize(18);
        JsonNode user = new YAMLMapper().readTree(yaml).at("/users/0/user");
        assertThat(decoded(user.get("client-certificate-data"))).isEqualTo(ca.certificate());
        assertThat(decoded(user.get("client-key-data"))).isEqualTo(ca.privateKey());
    }

    /** Names that are numbers, booleans, dates or nothing in YAML without quotes. */
    @ParameterizedTest
    @ValueSource(strings = {"1e3", "0x10", "no", "null", "~", "12:30:45", "2026-01-01", "a: b", "#", "\"", "a\nb"})
    void namesStayTexts(String name) throws IOException {
        JsonNode file = new YAMLMapper()
                .readTree(new KubeconfigFile(name, name + "-admin", "https://h", null, CA, CLIENT).toYaml());
        Map.of(
                        "/current-context", name,
                        "/contexts/0/name", name,
                        "/clusters/0/name", name + "-cluster",
                        "/contexts/0/context/cluster", name + "-cluster",
                        "/users/0/name", name + "-admin",
                        "/contexts/0/context/user", name + "-admin")
                .forEach((pointer, expected) -> {
                    assertThat(file.at(pointer).isTextual()).isTrue();
                    assertThat(file.at(pointer).textValue()).isEqualTo(expected);
                });
    }

    @Test
    void textFormHidesTheKey() {
        assertThat(new KubeconfigFile("demo", "demo-admin", "https://h", null, CA, CLIENT).toString())
                .contains("demo")
                .doesNotContain("PRIVATE KEY");
    }

    private static String decoded(JsonNode base64) {
        return new String(Base64.getDecoder().decode(base64.textValue()), StandardCharsets.UTF_8);
    }

    private static String golden(String name) throws IOException {
        try (InputStream file = KubeconfigFileTest.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
