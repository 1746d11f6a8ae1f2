package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.Lifetime;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.plugin.Plugin;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kubectl sandbox} as far as no pod has to run. */
class KubectlPluginIT extends OperatorFixture {

    @TempDir
    private Path directory;

    private Plugin plugin;
    private Path kubeconfig;

    @BeforeEach
    void installPlugin() throws IOException {
        plugin = Plugin.of(directory);
        kubeconfig = Files.copy(HOST.kubeconfig(), plugin.home().resolve(".kube/config"));
    }

    @Test
    void createsWhatItIsAskedFor() {
        assertThat(run("create", "demo", "--size=4Gi", "--ttl", "8h", "--version=v1.33.5-k3s1", "--no-wait")
                        .ok())
                .contains("demo created");

        SandboxCluster demo = sandboxes.get("demo");
        assertThat(demo.getSpec().expose().type()).hasToString("NodePort");
        assertThat(demo.getSpec().storage().type()).hasToString("Persistent");
        assertThat(demo.getSpec().storage().size()).hasToString("4Gi");
        assertThat(demo.getSpec().version()).isEqualTo("v1.33.5-k3s1");
        assertThat(demo.getSpec().lifetime().ttl()).isEqualTo("8h");
        await().untilAsserted(() -> assertThat(run("list").ok()).containsPattern("demo +False +"));

        run("create", "classed", "--class=usual", "--no-wait").ok();
        assertThat(sandboxes.get("classed").getSpec().className()).isEqualTo("usual");
        assertThat(sandboxes.get("classed").getSpec().expose()).isNull();
        assertThat(sandboxes.get("classed").getSpec().storage()).isNull();

        fails("already exists", "create", "demo", "--no-wait");
        fails("must be v1.32 or later", "create", "other", "--no-wait", "--version=v1.20.0-k3s1");
    }

    /** Extending names the version that was read: the operator must have written its status before. */
    private void awaitAnswered(String name) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            SandboxCluster present = sandboxes.get(name);
            assertThat(present.getStatus()).isNotNull();
            assertThat(present.getStatus().observedGeneration())
                    .isEqualTo(present.getMetadata().getGeneration());
        });
    }

    @Test
    void waitsAndSaysWhatFor() {
        Plugin.Result result = run("create", "demo", "--timeout=15s");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).containsPattern(" s  READY=False +PodPending");
        assertThat(result.errors())
                .contains("demo is not Ready after 15s: PodPending: ")
                .contains("kubectl sandbox doctor demo --namespace " + sandboxes.namespace());
        fails("not found", "resume", "none");
    }

    @Test
    void printsAndWritesTheKubeconfig() throws IOException {
        String published = published();
        Path file = directory.resolve("demo.kubeconfig");

        assertThat(run("kubeconfig", "demo").ok()).isEqualTo(published);
        run("kubeconfig", "demo", "--output", file.toString()).ok();
        run("kubeconfig", "demo", "--output", file.toString()).ok();
        assertThat(file).hasContent(published);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(run("kubeconfig", "demo", "--internal").ok()).contains(".svc:443");

        String before = Files.readString(kubeconfig);
        fails("is not of this cluster", "kubeconfig", "demo", "-o", kubeconfig.toString());
        assertThat(kubeconfig).hasContent(before);
        fails("not found", "kubeconfig", "none");
    }

    @Test
    void mergesAndLeavesTheOthersAsTheyAre() throws IOException {
        published();
        Path real = Files.move(kubeconfig, directory.resolve("real"));
        Files.createSymbolicLink(kubeconfig, real);
        Files.writeString(directory.resolve("ca.crt"), "none");
        config("set-cluster", "far", "--server=https://far.example.com", "--certificate-authority=../../ca.crt");
        String current = config("current-context");
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r--r--"));
        Files.writeString(directory.resolve("real"), Files.readString(real));

        run("kubeconfig", "demo", "--merge").ok();
        run("kubeconfig", "demo", "--merge").ok();

        assertThat(kubeconfig).isSymbolicLink();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
                .isEqualTo("rw-------");
        assertThat(config("current-context")).isEqualTo(current);
        assertThat(config(
                        "view",
                        "--raw",
                        "--minify",
                        "--context=demo",
                        "--output=jsonpath={.clusters[0].cluster.server}"))
                .startsWith("https://");
        assertThat(config("view", "--output=jsonpath={.clusters[*].name}")).contains("far", "demo-cluster");
        assertThat(Files.readString(real)).contains("certificate-authority: ");
        assertThat(directory.toFile().list()).doesNotContain("real.lock").noneMatch(name -> name.startsWith("real."));

        assertThat(run("delete", "demo").ok()).contains("deleted");
        assertThat(config("view", "--output=jsonpath={.contexts[*].name} {.clusters[*].name} {.users[*].name}"))
                .doesNotContain("demo")
                .contains("far");
        assertThat(config("current-context")).isEqualTo(current);
    }

    @Test
    void mergesAtTheSameTimeLoseNothing() {
        List<String> names = List.of("a", "b", "c");
        names.forEach(name -> sandboxes.apply(name, ""));
        names.forEach(name -> sandboxes.awaitReason(name, "CredentialsReady", "Published"));

        List<CompletableFuture<Plugin.Result>> merges = names.stream()
                .map(name -> CompletableFuture.supplyAsync(() -> run("kubeconfig", name, "--merge")))
                .toList();

        merges.forEach(merge -> merge.join().ok());
        assertThat(config("view", "--output=jsonpath={.contexts[*].name}").split(" "))
                .contains("a", "b", "c");
    }

    @Test
    void anotherClustersEntriesStayUnlessForced() throws IOException {
        published();
        config("set-cluster", "demo-cluster", "--server=https://far.example.com");
        config("set-context", "demo", "--cluster=demo-cluster", "--user=somebody");
        String before = Files.readString(kubeconfig);

        fails("has \"demo\" already, of another cluster", "kubeconfig", "demo", "--merge");
        fails("has \"demo\" already", "create", "demo");
        assertThat(kubeconfig).hasContent(before);

        run("kubeconfig", "demo", "--merge", "--force").ok();
        assertThat(config("view", "--output=jsonpath={.contexts[?(@.name==\"demo\")].context.user}"))
                .isEqualTo("demo-admin");
        assertThat(Files.readString(kubeconfig)).doesNotContain("far.example.com");
    }

    @Test
    void extendsWhicheverFieldIsSet() {
        sandboxes.apply("short", "lifetime: {ttl: 1h30m}");
        Instant created = Instant.parse(sandboxes.get("short").getMetadata().getCreationTimestamp());
        awaitAnswered("short");

        assertThat(run("extend", "short", "2h").ok())
                .isEqualTo("short ends at " + created.plus(210, ChronoUnit.MINUTES) + "\n");
        assertThat(lifetime("short").ttl()).isEqualTo("3h30m");

        sandboxes.apply("dated", "lifetime: {expiresAt: \"2096-02-28T23:30:00+02:00\", expirationPolicy: Suspend}");
        awaitAnswered("dated");
        assertThat(run("extend", "dated", "27h45m").ok()).isEqualTo("dated ends at 2096-03-01T01:15:00Z\n");
        assertThat(lifetime("dated").expirationPolicy()).hasToString("Suspend");

        sandboxes.apply("over", "lifetime: {expiresAt: \"2001-01-01T00:00:00Z\", expirationPolicy: Suspend}");
        sandboxes.awaitReason("over", "Expiring", "Expired");
        fails("kubectl sandbox extend over 2h", "resume", "over");
        awaitAnswered("over");
        run("extend", "over", "1h").ok();
        assertThat(Instant.parse(lifetime("over").expiresAt()))
                .isBetween(
                        Instant.now().plus(59, ChronoUnit.MINUTES),
                        Instant.now().plus(61, ChronoUnit.MINUTES));

        sandboxes.apply("endless", "");
        fails("has no lifetime", "extend", "endless", "1h");
        fails("not found", "extend", "none", "1h");
    }

    @Test
    void suspendsWhatLosesNothing() {
        sandboxes.apply("demo", "");
        sandboxes.apply("lasting", "storage: {type: Persistent}");

        fails("all that is in it would be lost", "suspend", "demo");
        assertThat(run("suspend", "demo", "--force").ok()).contains("READY=False   Suspended");
        run("suspend", "lasting").ok();
        sandboxes.awaitReason("lasting", "Suspended", "Suspended");
        run("resume", "lasting", "--no-wait").ok();
        await().untilAsserted(() ->
                assertThat(sandboxes.condition("lasting", "Suspended")).isEmpty());
        fails("not found", "suspend", "none");
    }

    @Test
    void theDoctorKnowsTheReason() {
        sandboxes.apply("demo", "controlPlane: {runtimeClassName: nowhere}");
        sandboxes.awaitReason("demo", "Ready", "RuntimeClassNotFound");

        Plugin.Result result = run("doctor", "demo");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.errors()).isEmpty();
        assertThat(result.output())
                .contains("Ready=False  RuntimeClassNotFound: ")
                .contains("RuntimeClassNotFound: no RuntimeClass of that name")
                .doesNotContain("\nControlPlaneNotRunning")
                .contains("(docs/troubleshooting.md, The pod)")
                .contains("There is none: see \"Install\" in docs/operations.md.")
                .contains("Pod demo-0\nThere is none.");
        fails("not found", "doctor", "none");
    }

    /** Somebody who may look at SandboxClusters, and at nothing else. */
    @Test
    void whoSeesLittleIsToldSo() throws IOException {
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        HOST.admin()
                .resource(new RoleBuilder()
                        .withNewMetadata()
                        .withName("reader")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups(SandboxCluster.GROUP)
                        .withResources("sandboxclusters")
                        .withVerbs("get", "list", "watch")
                        .endRule()
                        .build())
                .create();
        HOST.admin()
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName("reader")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", "reader")
                        .addNewSubject("rbac.authorization.k8s.io", "User", "reader", null)
                        .build())
                .create();
        Files.writeString(
                kubeconfig, Files.readString(kubeconfig).replaceFirst("(?m)^( *)user: *$", "$0\n$1  as: reader"));
        Path unpacked = directory.resolve("unpacked");

        assertThat(run("doctor", "demo").output())
                .contains("Ready=False  PodPending: ")
                .contains("You may not look for it")
                .contains("cannot list resource \"events\"");
        run("support-bundle", "demo", "-o", unpacked.toString()).ok();
        assertThat(unpacked.resolve("sandboxcluster.yaml")).content().contains("kind: SandboxCluster");
        assertThat(unpacked.resolve("secrets.txt")).content().contains("cannot list resource \"secrets\"");
        fails("cannot patch resource", "suspend", "demo", "--force");
        fails("cannot get resource \"secrets\"", "kubeconfig", "demo");
    }

    @Test
    void theSupportBundleHasNoSecrets() throws IOException {
        String environment = "a-secret-of-the-environment";
        sandboxes.apply(
                "demo",
                "controlPlane: {env: [{name: PASSWORD, value: " + environment + "}]},"
                        + " storage: {type: Persistent}, expose: {type: LoadBalancer,"
                        + " loadBalancer: {annotations: {example.com/key: " + environment + "}}}");
        sandboxes.awaitObject(Secret.class, "demo-pki");
        sandboxes.annotate(
                "demo", "kubectl.kubernetes.io/last-applied-configuration", "{\"env\": \"" + environment + "\"}\n");
        HOST.admin()
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("demo-0")
                        .withNamespace(sandboxes.namespace())
                        .addToLabels("sandboxcluster.dev/name", "demo")
                        .addToAnnotations("example.com/token", environment + "\n\nanother: line\n")
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("k3s")
                        .withImage("example.com/k3s")
                        .withArgs("server", "--kube-apiserver-arg=token=" + environment)
                        .addNewEnv()
                        .withName("MULTILINE")
                        .withValue(environment + "\n  value: " + environment + "\n\n  - name: x\n")
                        .endEnv()
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
        Path archive = directory.resolve("demo.tar.gz");
        Path unpacked = directory.resolve("unpacked");

        run("support-bundle", "demo", "-o", archive.toString()).ok();
        run("support-bundle", "demo", "-o", unpacked.toString()).ok();

        String bundle = contents(unpacked);
        assertThat(bundle)
                .contains(
                        "name: PASSWORD", "name: MULTILINE", "kubectl.kubernetes.io/last-applied-configuration: <left")
                .contains("example.com/token: <left out>", "example.com/key: <left out>", "image: example.com/k3s")
                .contains("demo-pki (Opaque):", "server-ca.key", "kind: StatefulSet", "kind: PersistentVolumeClaim")
                .doesNotContain(environment);
        secrets().forEach(secret -> assertThat(bundle).doesNotContain(secret));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)))
                .isEqualTo("rw-------");
        assertThat(plugin.runs(List.of("tar", "-tzf", archive.toString())).ok())
                .contains("demo-support/sandboxcluster.yaml", "demo-support/secrets.txt", "demo-support/events.txt");
        fails("is there already", "support-bundle", "demo", "-o", archive.toString());
        fails("not found", "support-bundle", "none");
    }

    /** What somebody had logged, or an admission webhook has in its message. */
    @Test
    void noCredentialInAMessageGetsIntoTheSupportBundle() throws IOException {
        sandboxes.apply("demo", "");
        Secret pki = sandboxes.awaitObject(Secret.class, "demo-pki");
        String key = decoded(pki, "server-ca.key");
        List<String> credentials = List.of(
                "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJhIn0.c2lnbmF0dXJl",
                "abcdef.0123456789abcdef",
                "K10" + "0af3".repeat(16) + "::server:swordfish",
                "https://robot:swordfish@registry.example.com/v2",
                "Authorization: Bearer c3dvcmRmaXNo",
                "password=swordfish",
                "\"token\": \"swordfish\"",
                pki.getData().get("server-ca.key"),
                key.replace("\n", "\\n"),
                key);
        credentials.forEach(credential -> HOST.admin()
                .resource(new EventBuilder()
                        .withNewMetadata()
                        .withGenerateName("demo-")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .withNewInvolvedObject()
                        .withKind("Pod")
                        .withName("demo-0")
                        .withNamespace(sandboxes.namespace())
                        .endInvolvedObject()
                        .withReason("Failed")
                        .withMessage("before " + credential + " after")
                        .build())
                .create());
        Path unpacked = directory.resolve("unpacked");

        run("support-bundle", "demo", "-o", unpacked.toString()).ok();

        String events = Files.readString(unpacked.resolve("events.txt"));
        assertThat(events.split("before ", -1)).hasSize(credentials.size() + 1);
        assertThat(events.split(" after", -1)).hasSizeGreaterThanOrEqualTo(credentials.size());
        String bundle = contents(unpacked);
        assertThat(bundle)
                .doesNotContain("swordfish", "c3dvcmRmaXNo", "eyJhbGci", "abcdef.0123456789abcdef", "0af30af3");
        secrets().forEach(secret -> assertThat(bundle).doesNotContain(secret));
    }

    @Test
    void deletesWhatThereIs() {
        sandboxes.apply("a", "");
        sandboxes.apply("b", "");

        fails("not found", "delete", "a", "none", "b");

        await().untilAsserted(() -> assertThat(run("list").errors()).contains("No resources found"));
    }

    /** As kubectl's completion for bash asks: bash itself fills in the words. */
    @Test
    void kubectlCompletes() {
        sandboxes.apply("first", "");
        sandboxes.apply("second", "");

        assertThat(completed("")).contains("create", "support-bundle");
        assertThat(completed("sus")).containsExactly("suspend");
        assertThat(completed("shell ")).containsExactlyInAnyOrder("first", "second");
        assertThat(completed("delete first s")).containsExactly("second");
        assertThat(completed("create x --expose No")).containsExactly("NodePort");
        assertThat(completed("create x --st")).containsExactly("--storage");
        assertThat(completed("suspend first ")).isEmpty();
        assertThat(completed("list --namespace " + sandboxes.namespace().substring(0, 5)))
                .contains(sandboxes.namespace());
    }

    /** Everything runs where busybox's tools are all there are, too. */
    @Test
    void worksUnderEveryShell() {
        Plugin.underEveryShell(directory).forEach(each -> {
            plugin = each;
            String name = each.name();
            run("create", name, "--expose=ClusterIP", "--ttl=1h", "--no-wait").ok();
            sandboxes.awaitReason(name, "CredentialsReady", "Published");
            sandboxes.awaitReason(name, "Ready", "PodPending");
            run("kubeconfig", name, "--merge").ok();
            Plugin.Result inside = run("shell", name, "--", "sh", "-c", "kubectl config current-context; exit 7");
            assertThat(inside.output()).isEqualTo(name + "\n");
            assertThat(inside.exitCode()).isEqualTo(7);
            run("extend", name, "90m").ok();
            assertThat(run("doctor", name).output()).contains("Ready=False  PodPending: ");
            run("support-bundle", name, "-o", directory.resolve(name + ".tgz").toString())
                    .ok();
            run("suspend", name, "--force").ok();
            run("delete", name).ok();
        });
    }

    private Plugin.Result run(String... words) {
        return plugin.run(Stream.concat(Stream.of("--namespace", sandboxes.namespace()), Stream.of(words))
                .toArray(String[]::new));
    }

    private void fails(String message, String... words) {
        Plugin.Result result = run(words);
        assertThat(result.errors()).contains(message);
        assertThat(result.exitCode()).isEqualTo(1);
    }

    private String config(String... words) {
        List<String> command = new ArrayList<>(List.of("kubectl", "config"));
        command.addAll(List.of(words));
        return plugin.runs(command).ok().strip();
    }

    private Lifetime lifetime(String name) {
        return sandboxes.get(name).getSpec().lifetime();
    }

    /** The kubeconfig of a SandboxCluster whose address is known before it has a pod. */
    private String published() {
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
        return decoded(sandboxes.object(Secret.class, "demo-kubeconfig").get(), "value");
    }

    private static String decoded(Secret secret, String key) {
        return new String(Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
    }

    /** All that is in the Secrets, as it is and decoded, but for certificates and short words; key by key, line by line. */
    private List<String> secrets() {
        List<String> found = HOST.admin().secrets().inNamespace(sandboxes.namespace()).list().getItems().stream()
                .flatMap(secret -> secret.getData().entrySet().stream()
                        .filter(entry -> !entry.getKey().equals("server"))
                        .flatMap(entry -> Stream.concat(
                                Stream.of(entry.getValue()),
                                decoded(secret, entry.getKey()).lines())))
                .filter(line -> line.length() >= 20 && !line.startsWith("-----"))
                .filter(line -> !line.contains("server: ") && !line.contains("server-name: "))
                .toList();
        assertThat(found).hasSizeGreaterThan(50);
        return found;
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

    /** What bash offers for {@code kubectl sandbox LINE}. */
    private List<String> completed(String line) {
        String words = "kubectl sandbox --namespace " + sandboxes.namespace() + " " + line;
        return plugin.runs(List.of("bash", "-c", """
                        _get_comp_words_by_ref() {
                          cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
                        }
                        source <(kubectl completion bash)
                        COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
                        read -ra COMP_WORDS <<<"$1"
                        [[ $1 != *' ' ]] || COMP_WORDS+=('')
                        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                        __start_kubectl
                        printf '%s\\n' "${COMPREPLY[@]}"
                        """, "bash", words))
                .ok()
                .lines()
                .map(choice -> choice.strip().split(" ")[0])
                .filter(choice -> !choice.isEmpty())
                .toList();
    }
}
