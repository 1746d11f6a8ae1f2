package dev.sandboxcluster.operator.capability.bootstrap.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.BootstrapChart;
import dev.sandboxcluster.api.v1alpha1.BootstrapManifest;
import dev.sandboxcluster.api.v1alpha1.KeySource;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.ValuesSource;
import dev.sandboxcluster.operator.LaterClock;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapPlan;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport.History;
import dev.sandboxcluster.operator.capability.bootstrap.plan.ChartRun;
import dev.sandboxcluster.operator.it.HostCluster;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.sandbox.session.Caretaker;
import dev.sandboxcluster.operator.sandbox.session.DrippingServer;
import dev.sandboxcluster.operator.sandbox.session.Lanes;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Applying in a sandbox what is named in the host cluster: one real API server in the place of both. */
class BootstrapSessionIT {

    @RegisterExtension
    static final HostCluster SANDBOX = new HostCluster();

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Lanes lanes = Lanes.open();
    private final AtomicInteger changes = new AtomicInteger();
    private final LaterClock clock = new LaterClock();
    private KubernetesClient host = as("system:serviceaccount:sandboxcluster-system:sandboxcluster-operator");
    private Caretaker<BootstrapPlan, BootstrapReport> session;
    private String namespace;

    @BeforeEach
    void open() {
        namespace = SANDBOX.namespace();
        session = caretaker();
    }

    @AfterEach
    void close() {
        session.stop();
        lanes.close();
        host.close();
        record().delete();
    }

    private Caretaker<BootstrapPlan, BootstrapReport> caretaker() {
        return new Caretaker<>(
                new VertxHttpClientFactory(),
                lanes,
                clock,
                new BootstrapCare(new HostSources(host), clock),
                BootstrapReport.UNKNOWN,
                changes::incrementAndGet);
    }

    @Test
    void allKindsOfSourcesAreAppliedInOrderAndADefinitionIsWaitedFor() {
        String group = "g" + NUMBER.incrementAndGet() + ".example.com";
        configMap(
                "base",
                Map.of(
                        "b.yaml", object("ConfigMap", "second", "data: {after: a}"),
                        "a.yaml", definition(group)));
        secret("more", object("ConfigMap", "third", "data: {mode: '0644'}"));

        session.follow(plan(
                fromConfigMap("base", null),
                inline("{apiVersion: " + group + "/v1, kind: Widget, metadata: {name: first, namespace: " + namespace
                        + "}, spec: {size: 3}}"),
                fromSecret("more", "all.yaml"),
                inline("{apiVersion: v1, kind: ConfigMap, metadata: {name: " + namespace + "}}")));

        soon(() -> assertThat(session.latest())
                .matches(BootstrapReport::complete)
                .extracting(BootstrapReport::history)
                .isEqualTo(History.ONCE));
        assertThat(configMap("second").getData()).containsEntry("after", "a");
        assertThat(configMap("third").getMetadata().getManagedFields().get(0).getManager())
                .isEqualTo("sandboxcluster-bootstrap");
        GenericKubernetesResource widget = admin().genericKubernetesResources(group + "/v1", "Widget")
                .inNamespace(namespace)
                .withName("first")
                .get();
        assertThat(widget.<Integer>get("spec", "size")).isEqualTo(3);
        assertThat(admin().configMaps()
                        .inNamespace("default")
                        .withName(namespace)
                        .get())
                .isNotNull();
        admin().configMaps().inNamespace("default").withName(namespace).delete();
        admin().apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("widgets." + group)
                .delete();
    }

    @Test
    void aRefusedObjectIsNamedWithWhatIsBeforeItAppliedAndGoesOnWhenItIsMended() {
        configMap(
                "base",
                Map.of(
                        "a.yaml", object("ConfigMap", "good", "data: {a: b}"),
                        "b.yaml", object("ConfigMap", "bad", "data: {a: [1]}"),
                        "c.yaml", object("ConfigMap", "later", "data: {a: b}")));
        session.follow(plan(fromConfigMap("base", null)));

        soon(() -> assertThat(session.latest().failure()).hasValueSatisfying(failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.BOOTSTRAP_REFUSED);
            assertThat(failure.what())
                    .startsWith("manifests[0], key b.yaml: ConfigMap " + namespace + "/bad: ")
                    .contains("data");
        }));
        assertThat(session.latest())
                .extracting(BootstrapReport::applied, BootstrapReport::total, BootstrapReport::history)
                .containsExactly(1, 3, History.NEVER);
        soon(() -> assertThat(session.latest().attempts()).isGreaterThan(1));
        assertThat(configMap("good")).isNotNull();
        assertThat(configMap("later")).isNull();

        configMap("base", Map.of("a.yaml", object("ConfigMap", "good", "data: {a: c}")));
        soon(() -> assertThat(session.latest()).matches(BootstrapReport::complete));
        assertThat(configMap("good").getData()).containsEntry("a", "c");
    }

    @Test
    void unknownFieldsAreRefusedAsKubectlRefusesThem() {
        session.follow(plan(inline(object("ConfigMap", "a", "dada: {a: b}"))));

        soon(() -> assertThat(session.latest().failure())
                .hasValueSatisfying(failure -> assertThat(failure.what()).contains("dada")));
    }

    /** Nobody but the user of a Secret may read what the API server says about it. */
    @Test
    void whatIsSaidOfASecretsObjectIsNotRepeated() {
        secret("more", object("Service", "web", "spec: {type: hunter2, ports: [{port: 80}]}"));
        session.follow(plan(fromSecret("more", null)));

        soon(() -> assertThat(session.latest().failure()).hasValueSatisfying(failure -> assertThat(failure.what())
                .contains("Service " + namespace + "/web", "spec.type")
                .doesNotContain("hunter2")));
    }

    @Test
    void whatIsNotThereIsAwaited() {
        session.follow(plan(fromConfigMap("base", "a.yaml")));
        soon(() -> assertThat(session.latest().failure()).hasValueSatisfying(failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.BOOTSTRAP_SOURCE_NOT_FOUND);
            assertThat(failure.what()).isEqualTo("manifests[0]: there is no ConfigMap base in namespace " + namespace);
        }));

        configMap("base", Map.of("b.yaml", ""));
        again();
        soon(() -> assertThat(session.latest().failure())
                .hasValueSatisfying(failure -> assertThat(failure.what()).contains("has no key a.yaml")));

        configMap("base", Map.of("a.yaml", object("ConfigMap", "a", "data: {}")));
        again();
        soon(() -> assertThat(session.latest()).matches(BootstrapReport::complete));
    }

    @Test
    void whatTheOperatorMayNotReadIsSaid() {
        host.close();
        host = as("nobody");
        session.stop();
        session = caretaker();
        session.follow(plan(fromConfigMap("base", null)));

        soon(() -> assertThat(session.latest().failure()).hasValueSatisfying(failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.HOST_API_REFUSED);
            assertThat(failure.what()).contains("manifests[0]", "configmaps \"base\" is forbidden");
        }));
    }

    @Test
    void whatIsTooMuchIsRefusedBeforeAllOfItIsRead() {
        configMap("large", Map.of("a", "#".repeat(900_000)));
        session.follow(plan(fromConfigMap("large", null), fromConfigMap("large", null), fromConfigMap("none", null)));

        soon(() -> assertThat(session.latest().failure())
                .hasValueSatisfying(failure -> assertThat(failure.what()).contains("more than 1024 KiB")));
    }

    @Test
    void whatIsNoObjectHasNothingApplied() {
        session.follow(plan(inline(object("ConfigMap", "first", "data: {}")), inline("a: [")));

        soon(() -> assertThat(session.latest().failure()).hasValueSatisfying(failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.BOOTSTRAP_INVALID);
            assertThat(failure.what()).startsWith("manifests[1] is no YAML");
        }));
        assertThat(configMap("first")).isNull();
    }

    @Test
    void aKindThatNobodyServesIsSaidInTheEnd() {
        session.follow(plan(inline("{apiVersion: none.example.com/v1, kind: Widget, metadata: {name: a}}")));
        soon(() -> assertThat(session.latest())
                .matches(BootstrapReport::looked)
                .extracting(BootstrapReport::failure)
                .isEqualTo(Optional.empty()));

        clock.by = Duration.ofMinutes(1);
        soon(() -> assertThat(session.latest().failure())
                .map(BootstrapReport.Failure::reason)
                .contains(Reason.BOOTSTRAP_KIND_NOT_SERVED));
    }

    @Test
    void theSameContentIsAppliedOnceWhoeverLooks() {
        session.follow(plan(inline(object("ConfigMap", "a", "data: {a: b}"))));
        soon(() -> assertThat(session.latest()).matches(BootstrapReport::complete));
        configMap("a", Map.of("a", "changed"));
        String version = record().get().getMetadata().getResourceVersion();

        session.stop();
        session = caretaker();
        session.follow(plan(inline(object("ConfigMap", "a", "data: {a: b}"))));

        soon(() -> assertThat(session.latest()).matches(BootstrapReport::complete));
        assertThat(configMap("a").getData()).containsEntry("a", "changed");
        assertThat(record().get().getMetadata().getResourceVersion()).isEqualTo(version);
    }

    @Test
    void aChangeIsAppliedAndLeavesWhatIsNoLongerNamed() {
        session.follow(plan(inline(object("ConfigMap", "a", "data: {a: b}"))));
        soon(() -> assertThat(session.latest()).matches(BootstrapReport::complete));

        session.follow(plan(inline(object("ConfigMap", "b", "data: {a: b}"))));
        assertThat(session.latest()).matches(report -> !report.complete() && report.history() == History.ONCE);
        soon(() -> assertThat(session.latest()).matches(BootstrapReport::complete));
        assertThat(configMap("a")).isNotNull();
        assertThat(configMap("b")).isNotNull();
    }

    @Test
    void aChangeThatIsRefusedIsOneOfASandboxThatWasInOrder() {
        session.follow(plan(inline(object("ConfigMap", "a", "data: {a: b}"))));
        soon(() -> assertThat(session.latest()).matches(BootstrapReport::complete));

        session.follow(plan(inline(object("ConfigMap", "a", "data: {a: [1]}"))));
        soon(() -> assertThat(session.latest())
                .matches(report -> report.failure().isPresent() && report.history() == History.ONCE));
        session.stop();
        session = caretaker();
        session.follow(plan(inline(object("ConfigMap", "a", "data: {a: [1]}"))));
        soon(() -> assertThat(session.latest())
                .matches(report -> report.failure().isPresent() && report.history() == History.ONCE));
    }

    @Test
    void whatASandboxLostComesAgainInItsNextLife() {
        session.follow(plan(inline(object("ConfigMap", "a", "data: {a: b}"))));
        soon(() -> assertThat(session.latest()).matches(BootstrapReport::complete));

        record().delete();
        admin().configMaps().inNamespace(namespace).withName("a").delete();
        session.follow(plan("another", inline(object("ConfigMap", "a", "data: {a: b}"))));

        assertThat(session.latest().history()).isEqualTo(History.UNKNOWN);
        soon(() -> assertThat(session.latest()).matches(BootstrapReport::complete));
        assertThat(configMap("a")).isNotNull();
    }

    /** One that nobody answers keeps the API server as long as it likes to. */
    @Test
    void aWebhookThatHangsHoldsUpNothingButItsObjectAndIsNamed() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Webhook webhook = new Webhook("https://127.0.0.1:" + silent.getLocalPort(), namespace)) {
            await().atMost(Duration.ofSeconds(60)).until(webhook::isInForce);
            session.follow(plan(
                    inline(object("Secret", "free", "stringData: {a: b}")),
                    inline(object("ConfigMap", "a", "data: {a: b}"))));

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(session.latest().failure()).hasValueSatisfying(failure -> {
                        assertThat(failure.reason()).isEqualTo(Reason.SANDBOX_TOO_SLOW);
                        assertThat(failure.what()).startsWith("manifests[1]: ConfigMap " + namespace + "/a: ");
                    }));
            assertThat(session.latest().applied()).isEqualTo(1);
        }
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(session.latest()).matches(BootstrapReport::complete));
    }

    /** Asks a URL about every ConfigMap of a namespace. */
    private record Webhook(String url, String namespace) implements AutoCloseable {

        Webhook {
            admin().resource(new ValidatingWebhookConfigurationBuilder()
                            .withNewMetadata()
                            .withName(namespace)
                            .endMetadata()
                            .addNewWebhook()
                            .withName("hangs.example.com")
                            .withNewClientConfig()
                            .withUrl(url)
                            .endClientConfig()
                            .addNewRule()
                            .withApiGroups("")
                            .withApiVersions("v1")
                            .withOperations("CREATE", "UPDATE")
                            .withResources("configmaps")
                            .endRule()
                            .withNewNamespaceSelector()
                            .addToMatchLabels("kubernetes.io/metadata.name", namespace)
                            .endNamespaceSelector()
                            .withFailurePolicy("Fail")
                            .withSideEffects("None")
                            .withAdmissionReviewVersions("v1")
                            .withTimeoutSeconds(30)
                            .endWebhook()
                            .build())
                    .create();
        }

        /** Whether the API server asks already: a try is not answered at once. */
        boolean isInForce() {
            Instant begun = Instant.now();
            try {
                admin().raw(
                                "/api/v1/namespaces/" + namespace + "/configmaps?dryRun=All&timeout=1s",
                                "POST",
                                Map.of(
                                        "apiVersion",
                                        "v1",
                                        "kind",
                                        "ConfigMap",
                                        "metadata",
                                        Map.of("name", "tried-" + NUMBER.incrementAndGet())));
                return false;
            } catch (KubernetesClientException hangs) {
                return Duration.between(begun, Instant.now()).toMillis() >= 500;
            }
        }

        @Override
        public void close() {
            admin().admissionRegistration()
                    .v1()
                    .validatingWebhookConfigurations()
                    .withName(namespace)
                    .delete();
        }
    }

    /** One operator ends in the midst of it, and another goes on. */
    @Test
    void manyObjectsAreAppliedInSeveralPassesWhoeverMakesThem() {
        String many = IntStream.range(0, 400)
                .mapToObj(i -> object("ConfigMap", "many-" + i, "data: {a: b}"))
                .collect(Collectors.joining("\n---\n"));
        configMap("many", Map.of("all.yaml", many));

        session.follow(plan(fromConfigMap("many", null)));
        soon(() -> assertThat(session.latest().applied()).isGreaterThan(0));
        session.stop();
        session = caretaker();
        session.follow(plan(fromConfigMap("many", null)));

        await().atMost(Duration.ofMinutes(3))
                .untilAsserted(() -> assertThat(session.latest()).matches(BootstrapReport::complete));
        assertThat(admin().configMaps().inNamespace(namespace).list().getItems().stream()
                        .filter(found -> found.getMetadata().getName().startsWith("many-")))
                .hasSize(400);
    }

    @Test
    void aSandboxThatDripsIsSaidToBeSlow() throws IOException {
        try (DrippingServer server = new DrippingServer()) {
            BootstrapPlan plan = plan(inline(object("ConfigMap", "a", "data: {}")));
            session.follow(new BootstrapPlan(plan.access().at(server.url()), plan.wish(), Set.of()));

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(session.latest().failure())
                            .map(BootstrapReport.Failure::reason)
                            .hasValueSatisfying(reason ->
                                    assertThat(reason).isIn(Reason.SANDBOX_TOO_SLOW, Reason.SANDBOX_UNREACHABLE)));
        }
    }

    /** Somebody else installs them, once the objects are there, and says so. */
    @Test
    void chartsFollowTheObjectsAndComeAnewWithOtherContent() {
        secret("values", "password: a");
        configMap("chart", Map.of("web.tgz", "packed"));
        List<BootstrapChart> charts = List.of(chart("web"), chart("db"));
        List<BootstrapManifest> manifests = List.of(inline(object("ConfigMap", "a", "data: {a: b}")));
        session.follow(plan("life", manifests, charts, Set.of()));

        String web = installing(0);
        assertThat(configMap("a")).isNotNull();
        assertThat(session.latest())
                .matches(report -> !report.complete() && report.history() == History.NEVER)
                .matches(report -> report.failure().isEmpty());
        session.follow(plan("life", manifests, charts, Set.of(web)));
        String db = installing(1);
        session.follow(plan("life", manifests, charts, Set.of(db)));
        soon(() -> assertThat(session.latest()).matches(BootstrapReport::complete));

        admin().secrets().inNamespace(namespace).withName("values").delete();
        secret("values", "password: b");
        session.stop();
        session = caretaker();
        session.follow(plan("life", manifests, charts, Set.of(web, db)));
        assertThat(installing(0)).isNotEqualTo(web);
        assertThat(session.latest().history()).isEqualTo(History.ONCE);
    }

    private String installing(int index) {
        soon(() -> assertThat(session.latest().chart()).map(ChartRun::index).contains(index));
        return session.latest().chart().orElseThrow().id();
    }

    private static BootstrapChart chart(String name) {
        return new BootstrapChart(
                name,
                null,
                new KeySource("chart", "web.tgz"),
                null,
                null,
                null,
                List.of(new ValuesSource(null, new KeySource("values", "all.yaml"))),
                null);
    }

    @Test
    void aChartThatIsNotThereIsAwaited() {
        session.follow(plan("life", List.of(), List.of(chart("web")), Set.of()));
        soon(() -> assertThat(session.latest().failure()).hasValueSatisfying(failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.BOOTSTRAP_SOURCE_NOT_FOUND);
            assertThat(failure.what()).isEqualTo("charts[0]: there is no ConfigMap chart in namespace " + namespace);
        }));

        configMap("chart", Map.of("another.tgz", "packed"));
        session.stop();
        session = caretaker();
        session.follow(plan("life", List.of(), List.of(chart("web")), Set.of()));
        soon(() -> assertThat(session.latest().failure())
                .hasValueSatisfying(failure -> assertThat(failure.what()).contains("has no key web.tgz")));
    }

    /** Some of it may have been applied: the old content is there no more. */
    @Test
    void whoTakesAChangeBackGetsWhatWasThereBefore() {
        session.follow(plan(inline(object("ConfigMap", "a", "data: {a: old}"))));
        soon(() -> assertThat(session.latest()).matches(BootstrapReport::complete));
        session.follow(plan(
                inline(object("ConfigMap", "a", "data: {a: new}")),
                inline(object("ConfigMap", "b", "data: {a: [1]}"))));
        soon(() -> assertThat(session.latest().failure()).isPresent());
        assertThat(configMap("a").getData()).containsEntry("a", "new");

        session.follow(plan(inline(object("ConfigMap", "a", "data: {a: old}"))));

        soon(() -> assertThat(session.latest()).matches(BootstrapReport::complete));
        assertThat(configMap("a").getData()).containsEntry("a", "old");
    }

    /** What nothing tells is looked at every 30 seconds. */
    private void again() {
        session.stop();
        session = caretaker();
        session.follow(plan(fromConfigMap("base", "a.yaml")));
    }

    private BootstrapPlan plan(BootstrapManifest... manifests) {
        return plan("life", manifests);
    }

    private BootstrapPlan plan(String life, BootstrapManifest... manifests) {
        return plan(life, List.of(manifests), List.of(), Set.of());
    }

    private BootstrapPlan plan(
            String life, List<BootstrapManifest> manifests, List<BootstrapChart> charts, Set<String> installed) {
        return new BootstrapPlan(
                SANDBOX.asSandbox(),
                new BootstrapPlan.Wish(new Identity("demo", namespace, "uid-" + namespace), life, manifests, charts),
                installed);
    }

    private static BootstrapManifest inline(String yaml) {
        return new BootstrapManifest(null, null, yaml);
    }

    private static BootstrapManifest fromConfigMap(String name, String key) {
        return new BootstrapManifest(new KeySource(name, key), null, null);
    }

    private static BootstrapManifest fromSecret(String name, String key) {
        return new BootstrapManifest(null, new KeySource(name, key), null);
    }

    private String object(String kind, String name, String content) {
        return "{apiVersion: v1, kind: %s, metadata: {name: %s, namespace: %s}, %s}"
                .formatted(kind, name, namespace, content);
    }

    private static String definition(String group) {
        return """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: widgets.%s}
                spec:
                  group: %s
                  scope: Namespaced
                  names: {plural: widgets, singular: widget, kind: Widget}
                  versions:
                    - name: v1
                      served: true
                      storage: true
                      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
                """.formatted(group, group);
    }

    private void configMap(String name, Map<String, String> data) {
        admin().resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withData(data)
                        .build())
                .createOr(existing -> existing.update());
    }

    private ConfigMap configMap(String name) {
        return admin().configMaps().inNamespace(namespace).withName(name).get();
    }

    private void secret(String name, String text) {
        admin().resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .addToStringData("all.yaml", text)
                        .build())
                .create();
    }

    private static Resource<ConfigMap> record() {
        return admin().configMaps().inNamespace(SandboxRecord.NAMESPACE).withName(SandboxRecord.NAME);
    }

    private static KubernetesClient as(String user) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(admin().getConfiguration())
                        .withImpersonateUsername(user)
                        .build())
                .build();
    }

    private static KubernetesClient admin() {
        return SANDBOX.admin();
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(assertion);
    }
}
