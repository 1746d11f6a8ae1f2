package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterClass;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.capability.classes.Rule;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The host cluster's API judges SandboxClusters by their classes; {@code ClassRulesTest} has the operator judge the same. */
class ClassPolicyIT {

    /** A server of its own: the operator's tests do what the policy would refuse. */
    @RegisterExtension
    static final HostCluster HOST = new HostCluster(List.of("--profiling=false"));

    private static final Duration SOON = Duration.ofSeconds(15);

    private Sandboxes sandboxes;

    @BeforeEach
    void policy() {
        HOST.judgeByClasses();
        sandboxes = new Sandboxes(HOST.admin(), HOST.namespace());
    }

    @TestFactory
    List<DynamicTest> itSaysTheSameAsTheOperator() {
        List<Rule> rules = Rule.all().toList();
        IntStream.range(0, rules.size())
                .forEach(i ->
                        HOST.admin().resource(rules.get(i).named("rule-" + i)).create());
        awaitKnown("rule-" + (rules.size() - 1));
        return IntStream.range(0, rules.size())
                .mapToObj(i -> DynamicTest.dynamicTest(rules.get(i).toString(), () -> judge(rules.get(i), "rule-" + i)))
                .toList();
    }

    private void judge(Rule rule, String name) {
        if (rule.refused() == null) {
            assertThatCode(() -> tryOut(name, rule.spec())).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> tryOut(name, rule.spec()))
                    .hasMessageContaining(rule.refused())
                    .hasMessageContaining("SandboxClusterClass " + name);
        }
    }

    @Test
    void theDefaultClassIsThatOfThoseThatNameNone() {
        sandboxClass("usual", "default: true");
        sandboxClass("open", "allow: {runtimeClassNames: [\"\"]}");
        awaitKnown("open");

        assertThatThrownBy(() -> tryOut(null, Map.of("controlPlane", Map.of("runtimeClassName", ""))))
                .hasMessageContaining("SandboxClusterClass usual");
        assertThatCode(() -> tryOut("open", Map.of("controlPlane", Map.of("runtimeClassName", ""))))
                .doesNotThrowAnyException();
        assertThatCode(() -> tryOut("gone", Map.of("controlPlane", Map.of("runtimeClassName", ""))))
                .doesNotThrowAnyException();
    }

    @Test
    void aClassIsForSomeNamespaces() {
        sandboxClass("chosen", "namespaceSelector: {matchLabels: {team: a}}");
        awaitKnown("chosen");

        assertThatThrownBy(() -> tryOut("chosen", Map.of()))
                .hasMessageContaining("namespace " + sandboxes.namespace() + " has not the labels");

        HOST.admin()
                .namespaces()
                .withName(sandboxes.namespace())
                .patch("{\"metadata\": {\"labels\": {\"team\": \"a\"}}}");
        await().atMost(SOON).untilAsserted(() -> assertThatCode(() -> tryOut("chosen", Map.of()))
                .doesNotThrowAnyException());
    }

    /** What is there may be labelled, reported on and deleted; another spec must be allowed. */
    @Test
    void aClassThatWasTightenedLeavesAloneWhatStaysAsItIs() {
        sandboxClass("narrow", "allow: {runtimeClassNames: [kata]}");
        awaitKnown("narrow");
        sandboxes.apply("demo", "className: narrow, controlPlane: {runtimeClassName: kata}");
        sandboxClass("narrow", "limits: {storageSize: 1Gi}");
        await().atMost(SOON).untilAsserted(() -> assertThatThrownBy(
                        () -> tryOut("narrow", Map.of("controlPlane", Map.of("runtimeClassName", "kata"))))
                .isInstanceOf(KubernetesClientException.class));

        sandboxes.annotate("demo", "a", "b");
        sandboxes.object(SandboxCluster.class, "demo").editStatus(demo -> {
            demo.setStatus(SandboxClusterStatus.EMPTY);
            return demo;
        });
        assertThatThrownBy(() -> sandboxes.apply(
                        "demo", "className: narrow, controlPlane: {runtimeClassName: kata}, tlsSANs: [a.example.com]"))
                .hasMessageContaining("spec.controlPlane.runtimeClassName");
        sandboxes.apply("demo", "className: narrow, controlPlane: {runtimeClassName: gvisor}");
        sandboxes.object(SandboxCluster.class, "demo").delete();
        assertThat(sandboxes.get("demo")).isNull();
    }

    /** One that was let in by a class stays under it, though another is the default now. */
    @Test
    void theClassThatItIsOfCounts() {
        sandboxClass("first", "allow: {runtimeClassNames: [kata]}");
        awaitKnown("first");
        sandboxes.apply("demo", "");
        sandboxes
                .object(SandboxCluster.class, "demo")
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\": {\"conditions\": [], \"class\": {\"name\": \"first\"}}}");
        sandboxClass("second", "default: true");
        awaitKnown("second");

        assertThatCode(() -> sandboxes.apply("demo", "controlPlane: {runtimeClassName: kata}"))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> sandboxes.apply("other", "controlPlane: {runtimeClassName: kata}"))
                .hasMessageContaining("SandboxClusterClass second");
    }

    /** The API server bounds what an expression may cost. */
    @Test
    void theLargestSpecCanBeJudged() {
        String flags = IntStream.range(0, 32)
                .mapToObj(i -> "\"--kube-apiserver-arg=" + "a".repeat(100) + i + "\"")
                .collect(Collectors.joining(","));
        String names = IntStream.range(0, 32).mapToObj(i -> "A".repeat(120) + i).collect(Collectors.joining(","));
        sandboxClass("large", "allow: {extraArgs: [" + flags + "], env: [" + names + "]}");
        awaitKnown("large");
        List<String> arguments = IntStream.range(0, 64)
                .mapToObj(i -> "--kube-apiserver-arg=" + "a".repeat(100) + "31=" + "b".repeat(890))
                .toList();
        List<Map<String, String>> env = IntStream.range(0, 64)
                .mapToObj(i -> Map.of("name", "A".repeat(120) + (i < 32 ? i : "X" + i), "value", "b".repeat(4096)))
                .toList();

        assertThatCode(() -> tryOut("large", Map.of("controlPlane", Map.of("extraArgs", arguments))))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> tryOut("large", Map.of("controlPlane", Map.of("env", env))))
                .hasMessageContaining("may differ from the class's defaults only in what is allowed");
    }

    private void sandboxClass(String name, String spec) {
        HOST.admin()
                .resource(Serialization.unmarshal(
                        "--- {apiVersion: sandboxcluster.dev/v1alpha1, kind: SandboxClusterClass, metadata: {name: "
                                + name + "}, spec: {" + spec + "}}",
                        SandboxClusterClass.class))
                .createOr(existing -> existing.update());
    }

    /** The API server hears of a class a moment after it was written, and of one written before it earlier. */
    private void awaitKnown(String name) {
        await().atMost(SOON).untilAsserted(() -> assertThatThrownBy(
                        () -> tryOut(name, Map.of("controlPlane", Map.of("image", "example.com/known-" + name))))
                .hasMessageContaining("SandboxClusterClass " + name));
    }

    private void tryOut(String className, Map<String, Object> spec) {
        GenericKubernetesResource cluster = new GenericKubernetesResource();
        cluster.setApiVersion("sandboxcluster.dev/v1alpha1");
        cluster.setKind("SandboxCluster");
        Map<String, Object> whole = new TreeMap<>(spec);
        if (className != null) {
            whole.put("className", className);
        }
        cluster.setAdditionalProperty("spec", whole);
        cluster.setMetadata(new ObjectMetaBuilder()
                .withName("try")
                .withNamespace(sandboxes.namespace())
                .build());
        HOST.admin()
                .resource(cluster)
                .dryRun()
                .fieldValidation(FieldValidateable.Validation.STRICT)
                .create();
    }
}
