package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterClass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/** A platform team makes a class, and a team helps itself. */
@Isolated("a default class is that of all namespaces")
class ClassesIT {

    @RegisterExtension
    static final Testbed BED = new Testbed();

    private static final String USER = "--as=team-a";

    @AfterEach
    void clear() {
        BED.client().resources(SandboxClusterClass.class).delete();
    }

    @Test
    void whoMayOnlyCreateSandboxClustersGetsWhatTheClassGivesAndNoMore() {
        String namespace = BED.namespace("classes");
        BED.kubectl(
                        "create",
                        "role",
                        "sandboxes",
                        "--namespace=" + namespace,
                        "--verb=get,create,patch",
                        "--resource=sandboxclusters.sandboxcluster.dev")
                .run()
                .ok();
        BED.kubectl(
                        "create",
                        "rolebinding",
                        "sandboxes",
                        "--namespace=" + namespace,
                        "--role=sandboxes",
                        "--user=team-a")
                .run()
                .ok();
        apply("""
                apiVersion: sandboxcluster.dev/v1alpha1
                kind: SandboxClusterClass
                metadata: {name: usual}
                spec:
                  default: true
                  defaults:
                    controlPlane: {resources: {requests: {cpu: 50m, memory: 200Mi}, limits: {memory: 768Mi}}}
                    lifetime: {ttl: 8h}
                  limits: {ttl: 24h, perNamespace: {sandboxes: 1}}
                """);
        Map<String, String> escapes = Map.of(
                "spec.controlPlane.image", "controlPlane: {image: example.com/other}",
                "spec.controlPlane.runtimeClassName", "controlPlane: {runtimeClassName: \"\"}",
                "spec.controlPlane.tolerations", "controlPlane: {tolerations: [{operator: Exists}]}",
                "spec.controlPlane.nodeSelector",
                        "controlPlane: {nodeSelector: {node-role.kubernetes.io/control-plane: \"\"}}",
                "spec.expose.type", "expose: {type: LoadBalancer}");
        // The API server hears of a class a moment later.
        escapes.forEach((field, spec) -> await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            Command.Result refused = asUser(namespace, "escape", spec, "--dry-run=server");
            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.errors()).contains(field, "SandboxClusterClass usual");
        }));

        asUser(namespace, "demo", "").ok();

        Sandbox demo = Sandbox.present(BED, namespace, "demo").awaitReady();
        assertThat(demo.status().ofClass().name()).isEqualTo("usual");
        assertThat(demo.status().expiresAt()).isNotNull();
        assertThat(BED.kubectl(
                                "get",
                                "pod",
                                "demo-0",
                                "--namespace=" + namespace,
                                "--output=jsonpath={.spec.runtimeClassName} {.spec.containers[0].resources.limits.memory}")
                        .run()
                        .ok())
                .isEqualTo("gvisor 768Mi");
        String pod = uid(namespace);

        asUser(namespace, "second", "").ok();
        Sandbox second = Sandbox.present(BED, namespace, "second");
        second.awaitReason("ClassQuotaExceeded");
        apply("""
                apiVersion: sandboxcluster.dev/v1alpha1
                kind: SandboxClusterClass
                metadata: {name: usual}
                spec:
                  default: true
                  defaults: {version: v1.34.1-k3s1, lifetime: {ttl: 7h}}
                  limits: {ttl: 7h, perNamespace: {sandboxes: 1}}
                """);
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(demo.status().ofClass().outdated()).contains("lifetime", "version"));
        demo.awaitReady();
        assertThat(uid(namespace)).isEqualTo(pod);

        demo.delete();
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                        second.condition("AllowedByClass").orElseThrow().getReason())
                .isEqualTo("AllowedByClass"));
    }

    private static Command.Result asUser(String namespace, String name, String spec, String... options) {
        return BED.kubectl("create", USER, "--filename=" + file("""
                        apiVersion: sandboxcluster.dev/v1alpha1
                        kind: SandboxCluster
                        metadata: {name: %s, namespace: %s}
                        spec: {%s}
                        """.formatted(name, namespace, spec)))
                .with(options)
                .run();
    }

    private static String uid(String namespace) {
        return BED.kubectl("get", "pod", "demo-0", "--namespace=" + namespace, "--output=jsonpath={.metadata.uid}")
                .run()
                .ok();
    }

    private static void apply(String yaml) {
        BED.kubectl("apply", "--filename=" + file(yaml)).run().ok();
    }

    private static Path file(String yaml) {
        try {
            Path file = Files.createTempFile("classes", ".yaml");
            file.toFile().deleteOnExit();
            return Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
