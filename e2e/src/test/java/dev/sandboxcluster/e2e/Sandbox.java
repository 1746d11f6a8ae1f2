package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** One SandboxCluster, as its user handles it. */
public final class Sandbox {

    private static final Duration START = Duration.ofMinutes(3);

    private final HostCluster host;
    private final String namespace;
    private final String name;

    private Sandbox(HostCluster host, String namespace, String name) {
        this.host = host;
        this.namespace = namespace;
        this.name = name;
    }

    /** {@code kubectl apply} of a SandboxCluster with this spec. */
    public static Sandbox apply(HostCluster host, String namespace, String name, String spec) {
        Path file = write("""
                apiVersion: sandboxcluster.dev/v1alpha1
                kind: SandboxCluster
                metadata: {name: %s, namespace: %s}
                spec: {%s}
                """.formatted(name, namespace, spec));
        host.kubectl("apply", "--filename=" + file).run().ok();
        return new Sandbox(host, namespace, name);
    }

    static Sandbox apply(Testbed bed, String namespace, String name, String spec) {
        return apply(bed.host(), namespace, name, spec);
    }

    /** One that was applied in another way. */
    static Sandbox present(Testbed bed, String namespace, String name) {
        return new Sandbox(bed.host(), namespace, name);
    }

    /** What a shell in a container of its control plane's pod says. */
    String exec(String container, String script) {
        return host.kubectl(
                        "exec",
                        name + "-0",
                        "--namespace=" + namespace,
                        "--container=" + container,
                        "--",
                        "sh",
                        "-c",
                        script)
                .run()
                .output();
    }

    /** How often a container of its control plane's pod was started again. */
    int restarts(String container) {
        return Optional.ofNullable(host.client()
                        .pods()
                        .inNamespace(namespace)
                        .withName(name + "-0")
                        .get())
                .stream()
                .flatMap(pod -> pod.getStatus().getContainerStatuses().stream())
                .filter(status -> status.getName().equals(container))
                .mapToInt(ContainerStatus::getRestartCount)
                .sum();
    }

    String name() {
        return name;
    }

    String namespace() {
        return namespace;
    }

    /** {@code kubectl} as the cluster's administrator. */
    Command kubectl(String... words) {
        return Bed.kubectl(kubeconfig(), words);
    }

    /** An annotation by which the user asks for something. */
    void annotate(String annotation) {
        host.kubectl("annotate", "--overwrite", "sbc", name, "--namespace=" + namespace, annotation)
                .run()
                .ok();
    }

    void patch(String merge) {
        host.kubectl("patch", "sbc", name, "--namespace=" + namespace, "--type=merge", "--patch=" + merge)
                .run()
                .ok();
    }

    /** {@code kubectl delete}; ends when the SandboxCluster is gone. */
    public void delete() {
        host.kubectl("delete", "sbc", name, "--namespace=" + namespace)
                .run(Duration.ofSeconds(30))
                .ok();
    }

    SandboxClusterStatus status() {
        return Optional.ofNullable(host.client()
                        .resources(SandboxCluster.class)
                        .inNamespace(namespace)
                        .withName(name)
                        .get()
                        .getStatus())
                .orElse(SandboxClusterStatus.EMPTY);
    }

    Optional<Condition> condition(String type) {
        return status().conditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
    }

    Sandbox awaitReady() {
        return awaitReady(START);
    }

    public Sandbox awaitReady(Duration limit) {
        await().atMost(limit).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> assertThat(condition("Ready"))
                .hasValueSatisfying(ready -> assertThat(ready.getStatus())
                        .as("Ready, %s: %s", ready.getReason(), ready.getMessage())
                        .isEqualTo("True")));
        return this;
    }

    /** Waits until Ready has this reason. */
    Condition awaitReason(String reason) {
        return awaitReason("Ready", reason);
    }

    Condition awaitReason(String type, String reason) {
        AtomicReference<Condition> seen = new AtomicReference<>();
        await().atMost(START).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> assertThat(condition(type))
                .hasValueSatisfying(found -> {
                    assertThat(found.getReason()).as(found.getMessage()).isEqualTo(reason);
                    seen.set(found);
                }));
        return seen.get();
    }

    public Secret secret(String suffix) {
        return host.client()
                .secrets()
                .inNamespace(namespace)
                .withName(name + suffix)
                .get();
    }

    public static String value(Secret secret, String key) {
        return new String(Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
    }

    /** The published kubeconfig, saved as a user would save it. */
    public Path kubeconfig() {
        return write(value(secret("-kubeconfig"), "value"));
    }

    /** The same for somebody who has a ServiceAccount's token and no certificate. */
    Path kubeconfigWithToken(String token) {
        return write(value(secret("-kubeconfig"), "value")
                .replaceAll("client-certificate-data: .*", "token: " + token)
                .replaceAll("client-key-data: .*", ""));
    }

    public static Path write(String content) {
        try {
            Path file = Files.createTempFile("sandbox", ".yaml");
            file.toFile().deleteOnExit();
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
