package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.e2e.story.Needs;
import dev.sandboxcluster.e2e.story.Story;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code kubectl sandbox}: one user's way from create to delete, with nothing else than the plugin. */
@Story
class PluginIT {

    @RegisterExtension
    static final Testbed BED = new Testbed();

    @TempDir
    static Path directory;

    private static String namespace;
    private static Path kubeconfig;

    @BeforeAll
    static void user() throws IOException {
        namespace = BED.lastingNamespace("plugin");
        kubeconfig = Files.copy(BED.host().kubeconfig(), directory.resolve("config"));
    }

    @Test
    @Order(1)
    void createWaitsAndLeavesAContextThatWorks() {
        String current = config("current-context");

        Command.Result created = sandbox("create", "demo", "--storage", "Persistent", "--ttl", "2h");

        assertThat(created.ok()).contains("READY=True    Available");
        assertThat(created.errors()).contains("has the context demo");
        kubectl("--context=demo", "create", "configmap", "kept").run().ok();
        assertThat(config("current-context")).isEqualTo(current);
        assertThat(sandbox("list").ok()).containsPattern("demo +True +Available ");
    }

    @Test
    @Order(2)
    @Needs("createWaitsAndLeavesAContextThatWorks")
    void aShellUsesTheSandbox() {
        assertThat(sandbox("shell", "demo", "--", "kubectl", "get", "configmaps", "--output=name")
                        .ok())
                .contains("configmap/kept");
        assertThat(sandbox("shell", "demo", "--", "kubectl", "get", "configmap", "none")
                        .exitCode())
                .isEqualTo(1);
    }

    @Test
    @Order(3)
    @Needs("createWaitsAndLeavesAContextThatWorks")
    void suspendAndResumeKeepWhatIsThere() {
        assertThat(sandbox("suspend", "demo").ok()).contains("READY=False   Suspended");
        assertThat(sandbox("resume", "demo").ok()).contains("READY=True    Available");

        kubectl("--context=demo", "get", "configmap", "kept").run().ok();
    }

    @Test
    @Order(4)
    @Needs("createWaitsAndLeavesAContextThatWorks")
    void extendIsHeard() {
        String end = sandbox("extend", "demo", "90m").ok().strip();

        assertThat(sandbox("list").ok())
                .contains(end.substring(end.lastIndexOf(' ')).strip());
        assertThat(sandbox("doctor", "demo").ok())
                .contains("Nothing: all is as it should be.")
                .contains("sandboxcluster-system/sandboxcluster-operator: ");
    }

    @Test
    @Order(5)
    void theDoctorSaysWhyAndWhatToDo() {
        Command.Result failed =
                sandbox("create", "broken", "--image=sandboxcluster.test/none:v1.33.5-k3s1", "--timeout=60s");
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.errors()).contains("ImagePullFailed: ").contains("kubectl sandbox doctor broken");

        Command.Result doctor = sandbox("doctor", "broken");

        assertThat(doctor.exitCode()).isEqualTo(1);
        assertThat(doctor.output())
                .contains("ImagePullFailed: wrong tag, no such image, no access, rate limit")
                .containsPattern("k3s: waiting (ErrImagePull|ImagePullBackOff)")
                .containsPattern("Pod/broken-0 +Failed ");
        sandbox("delete", "broken").ok();
    }

    @Test
    @Order(6)
    void aSupportBundleHasNoSecretInIt() throws IOException {
        Sandbox joined = Sandbox.apply(
                        BED,
                        namespace,
                        "joined",
                        "storage: {type: Persistent}, workers: {external: {enabled: true}},"
                                + " controlPlane: {env: [{name: WORD, value: env-of-the-sandbox}]},"
                                + " expose: {type: NodePort, nodePort: {hostName: %s}}".formatted(BED.nodeAddress()))
                .awaitReady();
        joined.awaitReason("WorkersReady", "NoWorkers");
        Path bundle = directory.resolve("bundle");

        sandbox("support-bundle", "joined", "--output", bundle.toString()).ok();

        String all = contents(bundle);
        assertThat(all)
                .contains("joined-join (Opaque):", "joined-pki (Opaque):", "joined-kubeconfig (Opaque):")
                .contains("name: WORD", "kind: SandboxCluster", "Ready=True", "[pod/joined-0/k3s]")
                .doesNotContain("env-of-the-sandbox", "PRIVATE KEY", "BEGIN CERTIFICATE");
        List<String> secrets = secrets();
        assertThat(secrets).hasSizeGreaterThan(100);
        assertThat(secrets).noneMatch(all::contains);
        sandbox("delete", "joined").ok();
    }

    @Test
    @Order(7)
    @Needs("createWaitsAndLeavesAContextThatWorks")
    void deletedItLeavesNoContext() {
        assertThat(sandbox("delete", "demo").errors()).contains("The context demo is removed");

        assertThat(config("get-contexts", "--output=name")).doesNotContain("demo");
        assertThat(sandbox("list").errors()).contains("No resources found");
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("config", "bundle");
    }

    private static Command.Result sandbox(String... words) {
        return Bed.sandboxPlugin(kubeconfig, "--namespace=" + namespace)
                .with(words)
                .run();
    }

    private static Command kubectl(String... words) {
        return Bed.kubectl(kubeconfig, words);
    }

    private static String config(String... words) {
        return kubectl("config").with(words).run().ok().strip();
    }

    /** What Secrets hold, as it is and line by line, but for what is no secret: addresses, names, scripts' own lines. */
    private static List<String> secrets() {
        return BED.client().secrets().inNamespace(namespace).list().getItems().stream()
                .flatMap(PluginIT::secretsIn)
                .distinct()
                .toList();
    }

    private static Stream<String> secretsIn(Secret secret) {
        return secret.getData().keySet().stream()
                .flatMap(key -> Stream.concat(
                        Stream.of(secret.getData().get(key)),
                        Stream.of(Sandbox.value(secret, key).split("[\\s\"',]+"))))
                .filter(word -> word.length() >= 20)
                .filter(word -> word.matches("[A-Za-z0-9+/=_-]{40,}|K10.*|[a-z0-9]{6}\\.[a-z0-9]{16}"))
                .filter(word -> !word.matches("[a-f0-9]{64}"));
    }

    private static String contents(Path directory) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                all.append(file.getFileName()).append('\n').append(Files.readString(file));
            }
        }
        return all.toString();
    }
}
