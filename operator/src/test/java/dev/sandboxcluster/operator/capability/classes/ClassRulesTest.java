package dev.sandboxcluster.operator.capability.classes;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a class allows. {@code ClassPolicyIT} asks a real API server the same. */
class ClassRulesTest {

    private static final Instant CREATED = Instant.parse("2026-11-26T10:00:00Z");

    /** Fields that rules are about. */
    private static final Set<String> JUDGED = Set.of(
            "version",
            "lifetime",
            "controlPlane.image",
            "controlPlane.runtimeClassName",
            "controlPlane.resources",
            "controlPlane.extraArgs",
            "controlPlane.env",
            "storage.type",
            "storage.size",
            "storage.storageClassName",
            "storage.retentionPolicy",
            "expose.type",
            "expose.loadBalancer.loadBalancerClass",
            "expose.loadBalancer.annotations",
            "workers.external",
            "workers.simulated.count",
            "workers.hosted.count",
            "workers.hosted.runtimeClassName",
            "workers.hosted.resources",
            "workers.hosted.storage",
            "workers.hosted.egress",
            "workers.hosted.publish",
            "bootstrap",
            "kubeconfig.labels",
            "outputs.argoCD");

    /** Fields by which nobody gets anything of the host cluster that others have, and why. */
    private static final Map<String, String> HARMLESS = Map.ofEntries(
            Map.entry("className", "classes say for which namespaces they are"),
            Map.entry("operatingMode", "what is suspended takes less"),
            Map.entry("maintenanceWindow", "when its own control plane may be started anew"),
            Map.entry("deletionProtection", "what is protected is stopped when its life is over"),
            Map.entry("controlPlane.disable", "names of packaged components, which run in the sandbox alone"),
            Map.entry("controlPlane.enable", "the same"),
            Map.entry("expose.nodePort.port", "a node port like any other; the type is judged"),
            Map.entry("expose.nodePort.hostName", "a name in the kubeconfig and the sandbox's certificate"),
            Map.entry("expose.loadBalancer.externalTrafficPolicy", "the way of a connection that is allowed"),
            Map.entry("network", "addresses and names within the sandbox"),
            Map.entry("authentication", "who may use the sandbox; its pod reaches no issuer outside"),
            Map.entry("workers.simulated.capacity", "what Nodes of the sandbox say of themselves"),
            Map.entry("workers.simulated.labels", "the same"),
            Map.entry("workers.simulated.taints", "the same"),
            Map.entry("workers.simulated.architecture", "the same"),
            Map.entry("workers.simulated.webhookFailurePolicy", "what becomes of webhooks of the sandbox"),
            Map.entry("workers.hosted.labels", "what Nodes of the sandbox say of themselves"),
            Map.entry("workers.hosted.taints", "the same"),
            Map.entry("kubeconfig.secretName", "a Secret that is there is left alone"),
            Map.entry("kubeconfig.contextName", "a name in the kubeconfig"),
            Map.entry("kubeconfig.additional", "users of the sandbox, 16 at most"),
            Map.entry("outputs.caConfigMap", "a ConfigMap that is there is left alone"),
            Map.entry("tlsSANs", "names in a certificate of the sandbox's own CA"));

    @ParameterizedTest
    @MethodSource("dev.sandboxcluster.operator.capability.classes.Rule#all")
    void aClassAllowsNoMore(Rule rule) {
        SandboxClusterSpec spec = Serialization.unmarshal(Serialization.asJson(rule.spec()), SandboxClusterSpec.class);

        List<String> violations = ClassRules.violations(spec, rule.named("small"), CREATED);

        if (rule.refused() == null) {
            assertThat(violations).isEmpty();
        } else {
            assertThat(violations).hasSize(1).first().asString().contains(rule.refused(), "SandboxClusterClass small");
        }
    }

    /** A new field is closed by a rule, or somebody says why it may be open. */
    @Test
    void everyFieldOfTheSpecIsJudgedOrHarmless() {
        Set<String> known = Stream.of(JUDGED, HARMLESS.keySet(), Set.copyOf(ClassRules.CLOSED))
                .flatMap(Set::stream)
                .collect(toSet());

        assertThat(fields("", SandboxClusterSpec.class).filter(field -> known.stream()
                        .noneMatch(path -> field.equals(path) || field.startsWith(path + "."))))
                .as("fields that no rule is about, and of which nobody says why that does no harm")
                .isEmpty();
    }

    /** What the operator judges, the policy of the chart does, too. */
    @Test
    void theChartHasARuleForEveryFieldThatIsJudged() throws IOException {
        String policy = Files.readString(Path.of("../helm/sandboxcluster-operator/templates/classes.yaml"));

        assertThat(Stream.concat(JUDGED.stream(), ClassRules.CLOSED.stream())
                        .map(path -> path.substring(path.lastIndexOf('.') + 1)))
                .allSatisfy(name -> assertThat(policy).contains(name));
    }

    private static Stream<String> fields(String path, Type type) {
        Class<?> of = (Class<?>) (type instanceof ParameterizedType list ? list.getRawType() : type);
        return !of.isRecord()
                ? Stream.of(path)
                : Arrays.stream(of.getRecordComponents()).flatMap(field -> fields(path(path, field), field.getType()));
    }

    private static String path(String path, RecordComponent field) {
        return path.isEmpty() ? field.getName() : path + "." + field.getName();
    }
}
