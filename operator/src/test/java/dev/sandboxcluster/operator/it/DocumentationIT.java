package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documentation tells users to write works. */
class DocumentationIT {

    @RegisterExtension
    static final HostCluster HOST = new HostCluster();

    private static final Path DOCS = Path.of("../docs");

    /** What is shown as the spec of a SandboxCluster goes without saying of the rest. */
    private static final String PLAIN = """
            apiVersion: sandboxcluster.dev/v1alpha1
            kind: SandboxCluster
            metadata: {name: demo}
            """;

    /** What goes without saying on the page about workers. */
    private static final String WITH_WORKERS = PLAIN + """
            spec:
              storage: {type: Persistent}
              expose: {type: NodePort, nodePort: {hostName: 192.0.2.10}}
              workers: {external: {enabled: true}}
            """;

    /** Every class, and every SandboxCluster that is shown whole, or as the spec of one, with the page. */
    static Stream<Arguments> sandboxClusters() throws IOException {
        try (Stream<Path> pages = Files.list(DOCS)) {
            return Stream.concat(
                    Stream.of(Path.of("../README.md")),
                    pages.filter(page -> page.toString().endsWith(".md")).sorted())
                    .flatMap(page -> snippets(page, "yaml").stream()
                            .flatMap(snippet -> Stream.of(snippet.split("(?m)^---$")))
                            .filter(snippet -> snippet.startsWith("spec:") || snippet.contains("kind: SandboxCluster"))
                            .map(snippet -> Arguments.of(page.getFileName().toString(), snippet)))
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("sandboxClusters")
    void theApiTakesEverySandboxClusterOfTheDocumentation(String page, String snippet) throws IOException {
        GenericKubernetesResource cluster = snippet.startsWith("spec:")
                ? merged(page.equals("workers.md") ? WITH_WORKERS : PLAIN, snippet)
                : Serialization.unmarshal(snippet, GenericKubernetesResource.class);
        if (cluster.getKind().equals("SandboxCluster")) {
            cluster.getMetadata().setNamespace("default");
        }

        assertThatCode(() -> HOST.admin()
                        .resource(cluster)
                        .dryRun()
                        .fieldValidation(FieldValidateable.Validation.STRICT)
                        .create())
                .doesNotThrowAnyException();
    }

    @Test
    void theKubeconfigSecretHasTheKeysThatOtherToolsAreToldToRead() {
        HOST.runtimeClass("gvisor");
        Sandboxes sandboxes = new Sandboxes(HOST.admin(), HOST.namespace());
        try (RunningOperator operator = RunningOperator.start(HOST)) {
            sandboxes.apply("demo", "expose: {type: LoadBalancer}");
            sandboxes.awaitReason("demo", "CredentialsReady", "WaitingForAddress");
            sandboxes.balance("demo", "192.0.2.9", null);
            Secret kubeconfig = sandboxes.awaitObject(Secret.class, "demo-kubeconfig");

            assertThat(keysOfTheKubeconfig()).hasSize(6).allSatisfy(key -> assertThat(kubeconfig.getData())
                    .containsKey(key));
        }
    }

    private static List<String> keysOfTheKubeconfig() {
        Path page = DOCS.resolve("outputs.md");
        return Stream.concat(
                        Pattern.compile("demo\\.data(?:\\[|, )\"([^\"]+)\"")
                                .matcher(String.join("", snippets(page, "hcl")))
                                .results(),
                        Pattern.compile("name: demo-kubeconfig, key: ([^}]+)}")
                                .matcher(String.join("", snippets(page, "yaml")))
                                .results())
                .map(found -> found.group(1))
                .toList();
    }

    private static GenericKubernetesResource merged(String base, String snippet) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode tree = mapper.readerForUpdating(Serialization.unmarshal(base, JsonNode.class))
                .readValue(mapper.writeValueAsString(Serialization.unmarshal(snippet, JsonNode.class)));
        return mapper.treeToValue(tree, GenericKubernetesResource.class);
    }

    private static List<String> snippets(Path page, String language) {
        try {
            return Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$")
                    .matcher(Files.readString(page))
                    .results()
                    .map(found -> found.group(1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
