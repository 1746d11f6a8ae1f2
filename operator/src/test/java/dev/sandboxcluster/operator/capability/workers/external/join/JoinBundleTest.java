package dev.sandboxcluster.operator.capability.workers.external.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.JoinKeys;
import dev.sandboxcluster.operator.Golden;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JoinBundleTest {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String SECRET = "0123456789abcdef";

    static Stream<Path> cases() {
        return Golden.cases("join");
    }

    /** Scripts with their variables alone, and without their compressed copies: both are tested by what they do. */
    @ParameterizedTest
    @MethodSource("cases")
    void bundle(Path directory) {
        Map<String, String> data =
                new TreeMap<>(JoinBundle.data(Golden.read(directory, "in-parameters.yaml", JoinParameters.class)));
        String compressed = Gzip.base64(data.get(JoinKeys.JOIN_SCRIPT));
        data.replaceAll((key, text) -> text.replace(compressed, "(join.sh, gzipped)"));
        for (String script : List.of(JoinKeys.JOIN_SCRIPT, JoinKeys.LEAVE_SCRIPT)) {
            data.computeIfPresent(script, (key, text) -> text.substring(0, text.indexOf("\n# Where this machine's")));
        }
        Golden.check(directory, "out-bundle.yaml", data);
    }

    @ParameterizedTest
    @EnumSource
    void equalInputsGiveEqualBytes(Bootstrap kind) {
        assertThat(JoinBundle.data(parameters(kind, Map.of("b", "1", "a", "2"))))
                .isEqualTo(JoinBundle.data(parameters(kind, new TreeMap<>(Map.of("a", "2", "b", "1")))));
    }

    @ParameterizedTest
    @EnumSource
    void everyWayRunsTheSameScript(Bootstrap kind) throws IOException {
        Map<String, String> data = JoinBundle.data(parameters(kind, Map.of()));
        String script = data.get(JoinKeys.JOIN_SCRIPT);

        Matcher command = Pattern.compile("echo ([A-Za-z0-9+/=]+) \\| base64 -d \\| gunzip \\| .* sh -s --")
                .matcher(data.get(JoinKeys.COMMAND));
        assertThat(command.matches()).isTrue();
        assertThat(decompressed(command.group(1))).isEqualTo(script);

        assertThat(data.get(JoinKeys.CLOUD_INIT)).startsWith("#cloud-config\n");
        JsonNode cloudInit = YAML.readTree(data.get(JoinKeys.CLOUD_INIT));
        assertThat(decompressed(cloudInit.at("/write_files/0/content").textValue()))
                .isEqualTo(script);
        assertThat(cloudInit.at("/write_files/0/permissions").textValue()).isEqualTo("0700");
        assertThat(cloudInit.at("/runcmd/0/1").textValue())
                .isEqualTo(cloudInit.at("/write_files/0/path").textValue());

        JsonNode ignition = new ObjectMapper().readTree(data.get(JoinKeys.IGNITION));
        String prefix = "data:;base64,";
        String source = ignition.at("/storage/files/0/contents/source").textValue();
        assertThat(source).startsWith(prefix);
        assertThat(decompressed(source.substring(prefix.length()))).isEqualTo(script);
        assertThat(ignition.at("/systemd/units/0/contents").textValue())
                .contains("ExecStart=/bin/sh "
                        + ignition.at("/storage/files/0/path").textValue() + "\n");
    }

    /** Some clouds take no more. */
    @ParameterizedTest
    @EnumSource
    void userDataIsSmallerThan16KiB(Bootstrap kind) {
        Map<String, String> data = JoinBundle.data(parameters(kind, Map.of()));
        assertThat(data.get(JoinKeys.CLOUD_INIT)).hasSizeLessThan(16384);
        assertThat(data.get(JoinKeys.IGNITION)).hasSizeLessThan(16384);
    }

    /** Texts that are something else in YAML without quotes, or that would end a quoted one. */
    @ParameterizedTest
    @ValueSource(strings = {"no", "1e3", "0x10", "~", "12:30:45", "2026-01-01", "a: b", "'", "\"", "#", "$(id)", "\\"})
    void labelsStayTexts(String value) throws IOException {
        Map<String, String> k3s = JoinBundle.data(parameters(Bootstrap.K3sAgent, Map.of("tier", value)));
        JsonNode config = YAML.readTree(k3s.get(JoinKeys.K3S_CONFIG));
        assertThat(config.at("/node-label/0").textValue()).isEqualTo("tier=" + value);
        assertThat(config.at("/node-taint/0").textValue()).isEqualTo("tier=" + value + ":NoSchedule");

        Map<String, String> kubelet = JoinBundle.data(parameters(Bootstrap.KubeletTLS, Map.of("tier", value)));
        JsonNode taint = YAML.readTree(kubelet.get(JoinKeys.KUBELET_CONFIG)).at("/registerWithTaints/0");
        assertThat(taint.get("value").textValue()).isEqualTo(value);
    }

    @ParameterizedTest
    @EnumSource
    void onlyWhatMustContainsTheSecret(Bootstrap kind) {
        JoinBundle.data(parameters(kind, Map.of())).forEach((key, text) -> {
            switch (key) {
                case JoinKeys.JOIN_SCRIPT, JoinKeys.TOKEN, JoinKeys.K3S_CONFIG, JoinKeys.BOOTSTRAP_KUBECONFIG ->
                    assertThat(text).contains(SECRET);
                default -> assertThat(text).doesNotContain(SECRET);
            }
        });
    }

    @Test
    void textFormHidesTheSecret() {
        assertThat(parameters(Bootstrap.K3sAgent, Map.of()).toString()).doesNotContain(SECRET);
    }

    @Test
    void secretsAreNamedAfterClusterAndGroup() {
        assertThat(JoinParameters.secretName("demo", "default")).isEqualTo("demo-join");
        assertThat(JoinParameters.secretName("demo", "gpu")).isEqualTo("demo-join-gpu");
    }

    @Test
    void refusesWhatIsNoToken() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JoinToken("abc123", "Secret", Instant.EPOCH))
                .withMessageNotContaining("Secret");
        assertThatIllegalArgumentException().isThrownBy(() -> new JoinToken("abc", SECRET, Instant.EPOCH));
    }

    static JoinParameters parameters(Bootstrap kind, Map<String, String> labels) {
        return new JoinParameters(
                "demo",
                "previews",
                "default",
                kind,
                "203.0.113.7",
                30443,
                "v1.33.5+k3s1",
                "-----BEGIN CERTIFICATE-----\nserver\n-----END CERTIFICATE-----\n",
                "a9f0c2d8".repeat(8),
                "-----BEGIN CERTIFICATE-----\nclient\n-----END CERTIFICATE-----\n",
                new JoinToken("abc123", SECRET, Instant.parse("2026-01-02T03:04:05Z")),
                false,
                labels,
                new TreeMap<>(labels)
                        .entrySet().stream()
                                .map(label -> new TaintBuilder()
                                        .withKey(label.getKey())
                                        .withValue(label.getValue())
                                        .withEffect("NoSchedule")
                                        .build())
                                .toList(),
                "10.53.0.10",
                "cluster.local",
                "10.52.0.0/16");
    }

    private static String decompressed(String base64) throws IOException {
        try (GZIPInputStream gzip =
                new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(base64)))) {
            return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
