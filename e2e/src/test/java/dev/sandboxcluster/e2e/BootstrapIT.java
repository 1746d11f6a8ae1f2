package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A sandbox has in it what its spec names, before anybody uses it, and whatever became of its pod. */
class BootstrapIT {

    @RegisterExtension
    static final Testbed BED = new Testbed();

    /** What is read every 30 seconds. */
    private static final Duration LOOKED_AT = Duration.ofSeconds(60);

    private static final String DEFINITION = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {plural: widgets, singular: widget, kind: Widget}
              versions:
                - name: v1
                  served: true
                  storage: true
                  schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
            """;

    private static final String BINDING = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: team-a}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: team-a}]
            """;

    @Test
    void whatIsNamedIsThereAtTheFirstReadyFollowsAndComesBack() {
        String namespace = BED.namespace("bootstrap");
        configMap(namespace, Map.of("10-definition.yaml", DEFINITION, "20-binding.yaml", BINDING));
        BED.client()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("access")
                        .withNamespace(namespace)
                        .endMetadata()
                        .addToStringData("secret.yaml", """
                                apiVersion: v1
                                kind: Secret
                                metadata: {name: registry, namespace: preview}
                                stringData: {password: hunter2}
                                """)
                        .build())
                .create();

        Sandbox sandbox = Sandbox.apply(
                        BED,
                        namespace,
                        "demo",
                        "expose: {type: NodePort}, bootstrap: {manifests: ["
                                + "{inline: '{apiVersion: v1, kind: Namespace, metadata: {name: preview}}'},"
                                + "{configMap: {name: base}},"
                                + "{secret: {name: access, key: secret.yaml}},"
                                + "{inline: '{apiVersion: example.com/v1, kind: Widget, metadata: {name: first, namespace:"
                                + " preview}, spec: {size: 3}}'}]}")
                .awaitReady();

        assertThatAllIsThere(sandbox);
        sandbox.awaitReason("Bootstrapped", "BootstrapApplied");

        configMap(
                namespace,
                Map.of(
                        "10-definition.yaml",
                        DEFINITION,
                        "20-binding.yaml",
                        BINDING.replace("name: team-a}]", "name: team-b}]")));
        await().atMost(LOOKED_AT).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> assertThat(
                        sandbox.kubectl("get", "clusterrolebinding", "team-a", "--output=jsonpath={.subjects[0].name}")
                                .run()
                                .ok())
                .isEqualTo("team-b"));
        sandbox.awaitReason("Bootstrapped", "BootstrapApplied");

        loseThePod(sandbox);

        assertThatAllIsThere(sandbox);
        sandbox.awaitReason("ContentLost", "PodReplaced");
    }

    @Test
    void whatCannotBeAppliedIsNamedAndKeepsTheClusterFromReadyUntilItIsMended() {
        String namespace = BED.namespace("bootstrap");
        String spec = "bootstrap: {manifests: [{configMap: {name: base}}]}";
        Sandbox sandbox = Sandbox.apply(BED, namespace, "demo", spec);

        assertThat(sandbox.awaitReason("BootstrapSourceNotFound").getMessage())
                .contains("there is no ConfigMap base in namespace " + namespace);

        configMap(namespace, Map.of("a.yaml", """
                {apiVersion: v1, kind: ConfigMap, metadata: {name: web}, dada: {a: b}}
                """));
        assertThat(sandbox.awaitReason("BootstrapRefused").getMessage())
                .startsWith("manifests[0], key a.yaml: ConfigMap web: ")
                .contains("dada");

        configMap(namespace, Map.of("a.yaml", """
                {apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {a: b}}
                """));
        sandbox.awaitReady();

        // Later it is said, and the cluster stays as it is.
        sandbox.patch("{\"spec\": {\"bootstrap\": {\"manifests\": [{\"inline\": \"a: [\"}]}}}");
        sandbox.awaitReason("Bootstrapped", "BootstrapInvalid");
        assertThat(sandbox.condition("Ready"))
                .hasValueSatisfying(ready -> assertThat(ready.getStatus()).isEqualTo("True"));
    }

    @Test
    void aChartIsARealReleaseAtTheFirstReadyFollowsAndComesBack(@TempDir Path directory) throws IOException {
        String namespace = BED.namespace("bootstrap");
        chart(namespace, directory, "greeting: {{ required \"greeting is to be set\" .Values.greeting }}");
        String spec =
                "expose: {type: NodePort}, bootstrap: {manifests: [{inline: '{apiVersion: v1, kind: Namespace, metadata: {name: first}}'}],"
                        + " charts: [{name: web, namespace: preview, configMap: {name: chart, key: web.tgz}, %s}]}";
        Sandbox sandbox = Sandbox.apply(BED, namespace, "demo", spec.formatted("values: 'other: a'"));

        assertThat(sandbox.awaitReason("BootstrapChartFailed").getMessage())
                .startsWith("charts[0], release preview/web: Helm says: ")
                .contains("greeting is to be set");
        assertThat(sandbox.condition("Ready"))
                .hasValueSatisfying(ready -> assertThat(ready.getStatus()).isEqualTo("False"));

        Sandbox.apply(BED, namespace, "demo", spec.formatted("values: 'greeting: hello'"))
                .awaitReady();
        assertThat(release(sandbox)).contains("\"status\":\"deployed\"");
        assertThat(greeting(sandbox)).isEqualTo("hello");
        assertThat(sandbox.condition("Bootstrapped"))
                .hasValueSatisfying(is -> assertThat(is.getStatus()).isEqualTo("True"));
        await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> assertThat(BED.kubectl(
                                "get",
                                "jobs",
                                "--selector=sandboxcluster.dev/name=demo",
                                "--namespace=" + namespace,
                                "--output=jsonpath={.items[*].status.conditions[?(@.status==\"True\")].type}")
                        .run()
                        .ok())
                .contains("Complete"));

        chart(namespace, directory, "greeting: {{ .Values.greeting }} there");
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(greeting(sandbox)).isEqualTo("hello there"));
        sandbox.awaitReason("Bootstrapped", "BootstrapApplied");

        loseThePod(sandbox);
        assertThat(greeting(sandbox)).isEqualTo("hello there");
    }

    private static String release(Sandbox sandbox) {
        return Bed.helm(sandbox.kubeconfig(), "list", "--namespace=preview", "--output=json")
                .run()
                .ok();
    }

    private static String greeting(Sandbox sandbox) {
        return sandbox.kubectl("get", "configmap", "web", "--namespace=preview", "--output=jsonpath={.data.greeting}")
                .run()
                .ok();
    }

    /** A packed chart with a ConfigMap, and with a hook that no control plane without workers could run. */
    private static void chart(String namespace, Path directory, String data) throws IOException {
        Path chart = Files.createDirectories(directory.resolve("web"));
        Files.createDirectories(chart.resolve("templates"));
        Files.writeString(chart.resolve("Chart.yaml"), "{apiVersion: v2, name: web, version: 1.0.0}");
        Files.writeString(chart.resolve("templates/hook.yaml"), """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: hook, annotations: {helm.sh/hook: pre-install}}
                spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: example.com/a:1}]}}}
                """);
        Files.writeString(chart.resolve("templates/web.yaml"), """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: "{{ .Release.Name }}"}
                data:
                  %s
                """.formatted(data));
        Bed.helm()
                .with("package", chart.toString(), "--destination=" + directory)
                .run()
                .ok();
        BED.client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("chart")
                        .withNamespace(namespace)
                        .endMetadata()
                        .addToBinaryData(
                                "web.tgz",
                                Base64.getEncoder()
                                        .encodeToString(Files.readAllBytes(directory.resolve("web-1.0.0.tgz"))))
                        .build())
                .createOr(existing -> existing.update());
    }

    /** With it goes all that is in the cluster; ends when the next one is Ready. */
    private static void loseThePod(Sandbox sandbox) {
        String pod = sandbox.status().podUID();
        BED.kubectl("delete", "pod", "demo-0", "--namespace=" + sandbox.namespace(), "--wait=false")
                .run()
                .ok();
        await().atMost(Duration.ofSeconds(90))
                .until(() -> !pod.equals(sandbox.status().podUID()));
        sandbox.awaitReady();
    }

    private static void assertThatAllIsThere(Sandbox sandbox) {
        assertThat(sandbox.kubectl(
                                "get",
                                "widget/first",
                                "secret/registry",
                                "--namespace=preview",
                                "--output=jsonpath={.items[*].kind}")
                        .run()
                        .ok())
                .isEqualTo("Widget Secret");
        assertThat(sandbox.kubectl("get", "clusterrolebinding", "team-a", "--output=name")
                        .run()
                        .ok())
                .contains("team-a");
    }

    private static void configMap(String namespace, Map<String, String> data) {
        BED.client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("base")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withData(data)
                        .build())
                .createOr(existing -> existing.update());
    }
}
