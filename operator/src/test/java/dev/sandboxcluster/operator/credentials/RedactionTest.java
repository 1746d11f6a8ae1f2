package dev.sandboxcluster.operator.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

    private static final String HEX = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";
    private static final String K10 = "K10" + HEX;
    private static final String JWT = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJrM3MifQ.c2lnbmF0dXJl";

    static Stream<Arguments> credentials() {
        return Stream.of(
                arguments("token is " + K10 + "::server:s3cret, retrying", "token is [redacted] retrying"),
                arguments("--token=" + K10 + "::node:s3cret --x", "--token=[redacted] --x"),
                arguments("join with " + K10 + " please", "join with [redacted] please"),
                arguments("msg=\"bad token K10abc…::server:s3cret\"", "msg=\"bad token [redacted]\""),
                arguments("K10::server:s3cret", "[redacted]"),
                arguments("kubeadm join abcdef.0123456789abcdef now", "kubeadm join [redacted] now"),
                arguments("it was abcdef.0123456789abcdef.", "it was [redacted]."),
                arguments("k3s server --token s3cret --debug", "k3s server --token [redacted] --debug"),
                arguments("[\"k3s\" \"--agent-token s3cret\"]", "[\"k3s\" \"--agent-token [redacted]\"]"),
                arguments("Authorization: Bearer xxx", "Authorization: Bearer [redacted]"),
                arguments("Bearer xxx", "Bearer [redacted]"),
                arguments("> authorization: bearer s3-cr.e_t~+/=", "> authorization: bearer [redacted]"),
                arguments("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [redacted]"),
                arguments("{\"Authorization\":[\"Basic dXNlcg==\"]}", "{\"Authorization\":[\"Basic [redacted]\"]}"),
                arguments(
                        "Authorization:[Bearer s3cret] Accept:[*/*]", "Authorization:[Bearer [redacted]] Accept:[*/*]"),
                arguments("got " + JWT + ", which", "got [redacted], which"),
                arguments("got " + JWT.substring(0, 45), "got [redacted]"),
                arguments("password=hunter2", "password=[redacted]"),
                arguments("PASSWORD = hunter2 next", "PASSWORD = [redacted] next"),
                arguments("password=a,b;c&d)e next", "password=[redacted] next"),
                arguments("password: \"two words\", x", "password: \"[redacted]\", x"),
                arguments("password: 'two words', x", "password: '[redacted]', x"),
                arguments("password: hunter now", "password: [redacted] now"),
                arguments("passphrase=x1", "passphrase=[redacted]"),
                arguments("token: s3cret", "token: [redacted]"),
                arguments("token: secret", "token: [redacted]"),
                arguments("token=s3cret user=x", "token=[redacted] user=x"),
                arguments("token=secret is", "token=[redacted] is"),
                arguments("{\"token\":\"s3cret\",\"a\":1}", "{\"token\":\"[redacted]\",\"a\":1}"),
                arguments("{\"token\": \"s3\\\"cret\"}", "{\"token\": \"[redacted]\"}"),
                arguments("body=\"{\\\"token\\\":\\\"s3cret\\\"}\"", "body=\"{\\\"token\\\":\\\"[redacted]\\\"}\""),
                arguments("K3S_TOKEN=s3cret", "K3S_TOKEN=[redacted]"),
                arguments("map[token:s3cret user:x]", "map[token:[redacted] user:x]"),
                arguments("GET /api?access_token=s3cret HTTP/1.1", "GET /api?access_token=[redacted] HTTP/1.1"),
                arguments("AWS_SECRET_ACCESS_KEY=s3cret", "AWS_SECRET_ACCESS_KEY=[redacted]"),
                arguments("token-secret: 0123456789abcdef", "token-secret: [redacted]"),
                arguments("dial postgres://k3s:s3c@ret@db:5432/k3s", "dial postgres://k3s:[redacted]@db:5432/k3s"),
                arguments("client-key-data: c2hvcnQ=", "client-key-data: [redacted]"),
                arguments("    client-key-data: LS0tLS1CRUdJTiBFQyBQ", "    client-key-data: [redacted]"),
                arguments("x LS0tLS1CRUdJTiBFQyBQUklW y", "x [redacted] y"),
                arguments("\"secret\":\"" + base64(32) + "\"", "\"secret\":\"[redacted]\""),
                arguments("key " + base64(48) + " end", "key [redacted] end"),
                arguments("key " + base64(200) + " end", "key [redacted] end"),
                arguments(
                        "key " + base64(200).replace('+', '-').replace('/', '_').replace("=", "") + " end",
                        "key [redacted] end"),
                arguments(
                        "a\n-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\nb",
                        "a\n[redacted]\nb"),
                arguments(
                        "x=\"-----BEGIN PRIVATE KEY-----\\nMHcC\\n-----END PRIVATE KEY-----\\n\" y",
                        "x=\"[redacted]\\n\" y"),
                arguments("a\n-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4\n\nMHcC", "a\n[redacted]"),
                arguments("MHcCAQEE\noAoGCCqG\n-----END EC PRIVATE KEY-----\nb", "[redacted]\nb"),
                arguments("\"CAQEE\\noAoG=\\n-----END EC PRIVATE KEY-----\\n\" b", "\"[redacted]\\n\" b"));
    }

    @ParameterizedTest
    @MethodSource("credentials")
    void takesOut(String text, String expected) {
        assertThat(Redaction.redact(text)).isEqualTo(expected);
        assertThat(Redaction.redact(expected)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "E1123 10:00:00.123456       1 authentication.go:73] \"Unable to authenticate the request\""
                        + " err=\"[invalid bearer token, service account token has expired]\"",
                "I1123 10:00:00.123456       7 event.go:389] \"Event occurred\" object=\"kube-system/coredns-5688667fd4\""
                        + " fieldPath=\"\" kind=\"ReplicaSet\" apiVersion=\"apps/v1\" type=\"Normal\"",
                "I1123 10:00:00.123456       1 flags.go:64] FLAG: --token-auth-file=\"\"",
                "I1123 10:00:00.123456       1 flags.go:64] FLAG: --service-account-key-file=\"[/data/server/tls/service.key]\"",
                "--token-file=/pki/token --enable-bootstrap-token-auth=true --service-account-lookup=true",
                "time=\"2026-11-23T10:00:00Z\" level=fatal msg=\"starting kubernetes: preparing server: failed to validate"
                        + " token: token CA hash does not match the Cluster CA certificate hash\"",
                "time=\"2026-11-23T10:00:00Z\" level=info msg=\"certificate CN=k3s,O=k3s signed by"
                        + " CN=k3s-server-ca@1763892000: notBefore=2026-11-23 10:00:00 +0000 UTC\"",
                "Failed to pull image \"docker.io/rancher/k3s@sha256:"
                        + "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0\": not found",
                "/var/lib/rancher/k3s/data/0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0/bin/containerd",
                "/data/server/tls/etcd/server-ca.crt: open /data/server/tls/client-ca.key: permission denied",
                "/registry/validatingadmissionpolicybindings/averylongnamespacename/anevenlongerobjectname12345",
                "k8s.io/apiserver/pkg/endpoints/filters/impersonation/WithImpersonationAndManyOtherWords.func1",
                "dial tcp 10.43.0.1:443: connect: connection refused",
                "Get \"https://127.0.0.1:6444/api/v1/namespaces/kube-system?timeout=10s\": context deadline exceeded",
                "automountServiceAccountToken: false",
                "WWW-Authenticate: Bearer realm=\"k3s\"",
                "Waiting for API server to become available, token: <nil>",
                "password: \"\"",
                "metadata.name: demo-7c9d8b6f5-x2x4z uid=5f0c7a52-6f0b-4b57-9d2f-0c1f8b8f5a11",
                "level=error msg=\"unknown flag: --no-such-flag\"",
                "\"Secret synced\" secret=\"previews/demo-kubeconfig\" key=\"value\"",
                "bad certificate: tls: private key does not match public key"
            })
    void leavesReadable(String text) {
        assertThat(Redaction.redact(text)).isEqualTo(text);
    }

    @Test
    void takesOutAllThatThisPackageMakes() {
        Instant now = Instant.parse("2026-03-01T12:00:00Z");
        ClusterPki pki = ClusterPki.mint("demo", now);
        KeyPairPem client = ClientCertificate.mint(pki.clientCa(), "a", "b", now, Duration.ofDays(1));
        String kubeconfig =
                new KubeconfigFile("demo", "demo-admin", "https://h", null, pki.serverCaCertificate(), client).toYaml();
        StringBuilder log = new StringBuilder(kubeconfig).append(client.privateKey());
        for (Map.Entry<String, String> entry : pki.data().entrySet()) {
            log.append(entry.getKey()).append(' ').append(entry.getValue()).append('\n');
            log.append(Base64.getEncoder().encodeToString(entry.getValue().getBytes(StandardCharsets.UTF_8)))
                    .append('\n');
        }
        assertThat(Redaction.redact(log.toString()))
                .contains("client-key-data: \"[redacted]\"", "service.key [redacted]", "token [redacted]")
                .doesNotContain("PRIVATE KEY", "LS0t")
                .doesNotContainPattern("[A-Za-z0-9+/]{48,}");
    }

    /** However the text is cut, no more than a scrap of a key's line is left. */
    @Test
    void takesOutKeysThatAreCutAnywhere() {
        String key = ClusterPki.mint("demo", Instant.EPOCH).data().get("service.key");
        String secret = key.split("\n", 3)[1];
        for (int end = 1; end <= key.length(); end++) {
            assertThat(Redaction.redact("log\n" + key.substring(0, end))).doesNotContain(secret.substring(0, 12));
        }
        for (int start = 0; start < key.length(); start++) {
            assertThat(Redaction.redact(key.substring(start) + "log")).doesNotContain(secret.substring(52));
        }
    }

    @Test
    @Timeout(20)
    void isFastOnLongLinesOfEveryKind() {
        for (String piece : new String[] {
            "a",
            "A",
            "aA1",
            "a ",
            "a\n",
            "0123456789abcdef",
            "-----BEGIN ",
            "token: ",
            "password=\"\\",
            "eyJ",
            "K1",
            "a.",
            "://a:",
            "Bearer ",
            "-----BEGIN PRIVATE KEY-----",
            "\"",
            "\\n",
            "a\\n",
            "--token "
        }) {
            assertThat(Redaction.redact(piece.repeat(20_000 / piece.length()))).isNotNull();
        }
    }

    private static String base64(int bytes) {
        byte[] value = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            value[i] = (byte) (i * 151 + 89);
        }
        return Base64.getEncoder().encodeToString(value);
    }
}
