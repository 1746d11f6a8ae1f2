package dev.sandboxcluster.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.DenyReason;
import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.api.v1alpha1.EventReason;
import dev.sandboxcluster.api.v1alpha1.NodeReason;
import dev.sandboxcluster.api.v1alpha1.Reason;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/ names every field, condition and reason there is, and the plugin says what docs/ says. */
class ReferenceTest {

    private static final Set<String> GOOD_NEWS = Set.of(
            Reason.AVAILABLE,
            Reason.DOZING,
            Reason.IN_USE,
            Reason.ALLOWED_BY_CLASS,
            Reason.UP_TO_DATE,
            Reason.PUBLISHED,
            Reason.OUTPUTS_WRITTEN,
            Reason.BOOTSTRAP_APPLIED,
            Reason.VOLUME_BOUND,
            Reason.AUTHENTICATION_CONFIGURED,
            Reason.ALL_NODES_READY,
            Reason.SIMULATED_WORKERS_READY,
            Reason.WEBHOOKS_ANSWERED,
            Reason.WEBHOOKS_IGNORED,
            Reason.HOSTED_WORKERS_READY,
            Reason.SERVICES_PUBLISHED,
            NodeReason.READY);

    /** Explained by Kubernetes, or elsewhere on the page. */
    private static final Set<String> EXPLAINED = Set.of(
            "controlPlane.affinity",
            "defaults.controlPlane",
            "defaults.storage",
            "defaults.expose",
            "defaults.lifetime");

    @Test
    void everyReasonIsExplained() throws IOException {
        String reference = Files.readString(Path.of("../docs/reference.md"));
        String troubleshooting = Files.readString(Path.of("../docs/troubleshooting.md"));

        reasons().forEach(reason -> {
            assertThat(reference).contains("`" + reason + "`");
            if (!GOOD_NEWS.contains(reason)) {
                assertThat(troubleshooting).contains("`" + reason + "`");
            }
        });
    }

    @Test
    void everyEventIsExplained() throws IOException {
        String reference = Files.readString(Path.of("../docs/reference.md"));

        constants(EventReason.class).forEach(reason -> assertThat(reference).contains("| `" + reason + "`"));
    }

    @Test
    void everyConditionIsExplained() throws IOException {
        String reference = Files.readString(Path.of("../docs/reference.md"));

        Arrays.stream(ConditionType.values())
                .forEach(type -> assertThat(reference).contains("| `" + type + "`"));
    }

    @Test
    void everyFieldIsExplained() throws IOException {
        String reference = Files.readString(Path.of("../docs/reference.md"));
        Map<String, JSONSchemaProps> root = schema("sandboxclusters");

        Stream.concat(leaves("", root.get("spec")), root.get("status").getProperties().keySet().stream())
                .forEach(field -> assertThat(reference).contains("| `" + field));
    }

    @Test
    void everyFieldOfAClassIsExplained() throws IOException {
        String reference = Files.readString(Path.of("../docs/reference.md"));

        leaves("", schema("sandboxclusterclasses").get("spec"))
                .forEach(field -> assertThat(reference).contains("`" + field + "`"));
    }

    private static Map<String, JSONSchemaProps> schema(String plural) throws IOException {
        return Serialization.unmarshal(
                        Files.readString(Path.of("../crds/" + plural + ".sandboxcluster.dev.yaml")),
                        CustomResourceDefinition.class)
                .getSpec()
                .getVersions()
                .get(0)
                .getSchema()
                .getOpenAPIV3Schema()
                .getProperties();
    }

    /** {@code kubectl sandbox doctor} is a single file, so it has its own copy. */
    @Test
    void thePluginGivesTheSameAdvice() throws IOException {
        Path plugin = Path.of("../plugin/kubectl-sandbox");
        String before = Files.readString(plugin);
        List<String> advice = Advice.of(Files.readString(Path.of("../docs/troubleshooting.md")));
        String after = before.replaceFirst(
                "(?s)(?<=\nadvice\\(\\) \\{\n  cat <<'END'\n).*?(?=END\n)",
                Matcher.quoteReplacement(String.join("\n", advice) + "\n"));

        if (System.getProperty("update") != null) {
            Files.writeString(plugin, after);
        }
        assertThat(plugin).as("-Dupdate writes it anew").hasContent(after);
        reasons().filter(reason -> !GOOD_NEWS.contains(reason)).forEach(reason -> assertThat(advice)
                .anyMatch(line -> line.startsWith(reason + "|")));
    }

    private static Stream<String> reasons() {
        return Stream.of(
                        constants(Reason.class),
                        Arrays.stream(EndpointFailure.values()).map(Enum::name),
                        constants(NodeReason.class),
                        constants(DenyReason.class))
                .flatMap(reasons -> reasons);
    }

    private static Stream<String> leaves(String path, JSONSchemaProps schema) {
        return EXPLAINED.contains(path)
                        || schema.getProperties() == null
                        || schema.getProperties().isEmpty()
                ? Stream.of(path)
                : schema.getProperties().entrySet().stream()
                        .flatMap(field -> leaves(
                                path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue()));
    }

    private static Stream<String> constants(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && Modifier.isPublic(field.getModifiers()))
                .map(ReferenceTest::text);
    }

    private static String text(Field field) {
        try {
            return (String) field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
