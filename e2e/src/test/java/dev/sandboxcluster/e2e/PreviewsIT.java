package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The samples for previews of pull requests: what a pipeline runs is run, what others deploy is deployed. */
class PreviewsIT {

    @RegisterExtension
    static final Testbed BED = new Testbed();

    private static final Path SAMPLES = Path.of("samples/previews").toAbsolutePath();

    @TempDir
    private Path checkout;

    private String namespace;

    @BeforeEach
    void checkOut() {
        namespace = BED.namespace("previews");
        Bed.helm(BED.host().kubeconfig(), "create", checkout.resolve("chart").toString())
                .run()
                .ok();
    }

    @Test
    void gitHubActions() throws IOException {
        JsonNode workflow = sample("github-actions.yaml").get(0);
        Map<String, String> environment = new HashMap<>();
        for (Map.Entry<String, JsonNode> variable : workflow.get("env").properties()) {
            environment.put(variable.getKey(), variable.getValue().asText().replace("${{ github.event.number }}", "7"));
        }
        environment.put("NAMESPACE", namespace);
        environment.put("HOST_KUBECONFIG", Files.readString(BED.host().kubeconfig()));

        runJob(workflow, "deploy", environment);
        assertDeployed(checkout.resolve("sandbox"));
        Instant end = Instant.parse(status("pr-7", "{.status.expiresAt}"));
        runJob(workflow, "deploy", environment);
        assertThat(Instant.parse(status("pr-7", "{.spec.lifetime.expiresAt}"))).isAfter(end);
        runJob(workflow, "end", environment);

        assertThat(status("pr-7", "{.metadata.name}")).isBlank();
    }

    /** Each step in a shell of its own, as the runner does it. */
    private void runJob(JsonNode workflow, String job, Map<String, String> environment) throws IOException {
        Path exported = Files.writeString(checkout.resolve("exported"), "");
        Map<String, String> all = new HashMap<>(environment);
        all.put("GITHUB_ENV", exported.toString());
        all.put("RUNNER_TEMP", checkout.toString());
        for (JsonNode step : workflow.get("jobs").get(job).get("steps")) {
            if (step.has("run")) {
                run(all, "bash", "-e", "-c", step.get("run").asText());
                Files.readAllLines(exported).stream()
                        .map(line -> line.split("=", 2))
                        .forEach(variable -> all.put(variable[0], variable[1]));
            }
        }
    }

    @Test
    void gitLab() throws IOException {
        JsonNode pipeline = sample("gitlab-ci.yaml").get(0);
        Map<String, String> environment = Map.of(
                "CI_MERGE_REQUEST_IID",
                "7",
                "SANDBOX",
                variable(pipeline, "SANDBOX").replace("$CI_MERGE_REQUEST_IID", "7"),
                "NAMESPACE",
                namespace,
                "KUBECONFIG",
                BED.host().kubeconfig().toString());

        run(environment, "sh", "-e", "-c", script(pipeline, "deploy-preview"));
        assertDeployed(checkout.resolve("sandbox.kubeconfig"));
        run(environment, "sh", "-e", "-c", script(pipeline, "end-preview"));

        assertThat(status("mr-7", "{.metadata.name}")).isBlank();
    }

    private static String variable(JsonNode pipeline, String name) {
        return pipeline.get(".preview").get("variables").get(name).asText();
    }

    private static String script(JsonNode pipeline, String job) {
        return String.join("\n", texts(pipeline.get(job).get("script")).toList());
    }

    @Test
    void argoCD() throws IOException {
        String sandboxes = Bed.helm(
                        BED.host().kubeconfig(),
                        "template",
                        SAMPLES.resolve("sandbox").toString(),
                        "--set=number=7")
                .run()
                .ok();
        apply(sandboxes);
        Sandbox sandbox = Sandbox.present(BED, namespace, "pr-7").awaitReady();
        sandbox.awaitReason("OutputsReady", "OutputsWritten");
        Secret cluster = BED.client()
                .secrets()
                .inNamespace(Testbed.ARGO_CD)
                .withName("pr-7." + namespace + "-argocd")
                .get();

        List<JsonNode> sets = sample("argocd.yaml");
        JsonNode template = sets.get(1).get("spec").get("template").get("spec");
        assertThat(sets).hasSize(2);
        assertThat(template.get("destination").get("name").asText().replace("{{.number}}", "7"))
                .isEqualTo(Sandbox.value(cluster, "name").replace("." + namespace, ".previews"));
        assertThat(template.get("project").asText()).isEqualTo(Sandbox.value(cluster, "project"));
        sandbox.delete();
    }

    @Test
    void flux() throws IOException {
        JsonNode resources = sample("flux.yaml").get(1).get("spec").get("resources");
        String each = Serialization.asYaml(resources).replace("<< inputs.id >>", "7");
        List<JsonNode> made = StreamSupport.stream(
                        Serialization.unmarshal(each, JsonNode.class).spliterator(), false)
                .toList();
        apply(Serialization.asYaml(made.get(0)).replace("namespace: \"previews\"", "namespace: \"" + namespace + "\""));
        Sandbox sandbox = Sandbox.present(BED, namespace, "pr-7").awaitReady();

        JsonNode reference = made.get(2).get("spec").get("kubeConfig").get("secretRef");
        Secret kubeconfig = sandbox.secret("-kubeconfig");
        assertThat(reference.get("name").asText())
                .isEqualTo(kubeconfig.getMetadata().getName());
        assertThat(kubeconfig.getData()).containsKey(reference.get("key").asText());
        sandbox.delete();
    }

    private void assertDeployed(Path kubeconfig) {
        assertThat(Bed.helm(kubeconfig, "list", "--namespace=app").run().ok()).contains("deployed");
    }

    private void apply(String manifest) {
        BED.kubectl("apply", "--namespace=" + namespace, "--filename=" + Sandbox.write(manifest))
                .run()
                .ok();
    }

    private String status(String name, String path) {
        return BED.kubectl(
                        "get",
                        "sandboxcluster",
                        name,
                        "--namespace=" + namespace,
                        "--ignore-not-found",
                        "--output=jsonpath=" + path)
                .run()
                .ok();
    }

    private void run(Map<String, String> environment, String... words) {
        Command command = Command.of("env", "--chdir=" + checkout).with(words);
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            command = command.where(variable.getKey(), variable.getValue());
        }
        Bed.withTools(command).run().ok();
    }

    private static List<JsonNode> sample(String name) throws IOException {
        return Stream.of(Files.readString(SAMPLES.resolve(name)).split("(?m)^---$"))
                .map(document -> Serialization.unmarshal(document, JsonNode.class))
                .toList();
    }

    private static Stream<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText);
    }
}
