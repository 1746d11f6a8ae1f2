package dev.sandboxcluster.operator.capability.workers.simulated.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Ignored;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.NodeTemplate;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationPlan;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationPlan.Wish;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationReport;
import dev.sandboxcluster.operator.it.HostCluster;
import dev.sandboxcluster.operator.sandbox.session.Caretaker;
import dev.sandboxcluster.operator.sandbox.session.Lanes;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBindingBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the operator does about simulated Nodes, on a real API server in the place of a sandbox: the test is kwok. */
class SimulationSessionIT {

    @RegisterExtension
    static final HostCluster SANDBOX = new HostCluster();

    private static final NodeTemplate TEMPLATE =
            template("8", Map.of("zone", "a"), List.of(new Taint("NoSchedule", "simulated", null, null)));

    private static final String METRICS_SERVER = """
            apiVersion: apiregistration.k8s.io/v1
            kind: APIService
            metadata: {name: v1beta1.metrics.k8s.io}
            spec:
              group: metrics.k8s.io
              version: v1beta1
              groupPriorityMinimum: 100
              versionPriority: 100
              insecureSkipTLSVerify: true
              service: {name: metrics-server, namespace: kube-system}
            """;

    private final Lanes lanes = Lanes.open();
    private Caretaker<SimulationPlan, SimulationReport> session;

    @BeforeEach
    void open() {
        session = caretaker(lanes);
    }

    static Caretaker<SimulationPlan, SimulationReport> caretaker(Lanes lanes) {
        return new Caretaker<>(
                new VertxHttpClientFactory(),
                lanes,
                Clock.systemUTC(),
                new SimulationCare(Clock.systemUTC()),
                SimulationReport.UNKNOWN,
                () -> {});
    }

    @AfterEach
    void close() {
        session.stop();
        lanes.close();
        SANDBOX.admin().nodes().delete();
        SANDBOX.admin().storage().v1().storageClasses().delete();
        SimulatedMetrics.settle(SANDBOX.admin(), false);
        soon(() -> assertThat(metricsDefinitions()).isEmpty());
    }

    @Test
    void thereAreAsManyAsAreWanted() {
        session.follow(plan(3, TEMPLATE));
        soon(() -> assertThat(names()).containsExactly("simulated-1", "simulated-2", "simulated-3"));
        soon(() -> assertThat(session.latest().nodes()).isEqualTo(3));
        assertThat(session.latest().ready()).isZero();
        Node first = node("simulated-1");
        assertThat(first.getMetadata().getLabels()).containsEntry("zone", "a");
        assertThat(first.getStatus().getCapacity()).containsEntry("cpu", new Quantity("8"));

        ready("simulated-1", "True");
        ready("simulated-2", "True");
        ready("simulated-3", "False");
        soon(() -> assertThat(session.latest().ready()).isEqualTo(2));
        assertThat(session.latest().notReady()).containsExactly("simulated-3");

        session.follow(plan(1, TEMPLATE));
        soon(() -> assertThat(names()).containsExactly("simulated-1"));
        soon(() -> assertThat(session.latest().looked() && session.latest().ready() == 1)
                .isTrue());
        assertThat(node("simulated-1").getMetadata().getUid())
                .isEqualTo(first.getMetadata().getUid());

        session.follow(new SimulationPlan(
                SANDBOX.asSandbox(), new Wish("1", 0, false, false, NodeTemplate.NONE, Ignored.NONE)));
        soon(() -> assertThat(names()).isEmpty());
        soon(() -> assertThat(session.latest().withdrawn()).isTrue());
    }

    @Test
    void manyAreMadeInSeveralPasses() {
        session.follow(plan(300, TEMPLATE));
        await().atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(session.latest().nodes()).isEqualTo(300));
        assertThat(names()).hasSize(300);
        session.follow(plan(2, TEMPLATE));
        await().atMost(Duration.ofSeconds(90)).until(() -> names().size() == 2);
    }

    @Test
    void manyAreMadeReadyOnceOneIsAndAreInTheListOfNodes() {
        SANDBOX.admin()
                .configMaps()
                .inNamespace("kube-system")
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("coredns")
                        .endMetadata()
                        .addToData("Corefile", ".:53 {}")
                        .addToData("NodeHosts", "10.0.0.9 mine\n")
                        .build())
                .create();
        try {
            session.follow(plan(1, TEMPLATE));
            soon(() -> assertThat(names()).hasSize(1));
            ready("simulated-1", "True");
            soon(() -> assertThat(session.latest().ready()).isEqualTo(1));

            session.follow(plan(40, TEMPLATE));

            soon(() -> assertThat(session.latest().looked() && session.latest().ready() == 40)
                    .isTrue());
            assertThat(node("simulated-40").getStatus().getCapacity()).containsEntry("cpu", new Quantity("8"));
            assertThat(SANDBOX.admin()
                            .configMaps()
                            .inNamespace("kube-system")
                            .withName("coredns")
                            .get()
                            .getData())
                    .containsEntry("Corefile", ".:53 {}")
                    .hasEntrySatisfying("NodeHosts", hosts -> assertThat(hosts)
                            .startsWith("10.0.0.9 mine\n198.19.0.1 simulated-1\n")
                            .endsWith("198.19.0.40 simulated-40\n"));
        } finally {
            SANDBOX.admin()
                    .configMaps()
                    .inNamespace("kube-system")
                    .withName("coredns")
                    .delete();
        }
    }

    @Test
    void oneThatSomebodyDeletesComesBack() {
        session.follow(plan(2, TEMPLATE));
        soon(() -> assertThat(names()).hasSize(2));
        soon(() -> assertThat(session.latest().looked()).isTrue());

        SANDBOX.admin().nodes().withName("simulated-2").delete();
        // Well before the next look that nothing calls for.
        soon(() -> assertThat(names()).hasSize(2));
    }

    @Test
    void anotherTemplateChangesThoseThatAreThereAndLeavesWhatOthersSet() {
        session.follow(plan(2, TEMPLATE));
        soon(() -> assertThat(names()).hasSize(2));
        SANDBOX.admin().nodes().withName("simulated-1").edit(present -> new NodeBuilder(present)
                .editMetadata()
                .addToLabels("mine", "yes")
                .endMetadata()
                .editSpec()
                .withUnschedulable(true)
                .endSpec()
                .build());

        session.follow(plan(2, template("16", Map.of("tier", "b"), List.of())));

        soon(() -> {
            Node changed = node("simulated-1");
            assertThat(changed.getMetadata().getLabels())
                    .containsEntry("tier", "b")
                    .containsEntry("mine", "yes")
                    .doesNotContainKey("zone");
            assertThat(changed.getSpec().getUnschedulable()).isTrue();
            assertThat(changed.getSpec().getTaints())
                    .noneMatch(taint -> taint.getKey().equals("simulated"));
            assertThat(changed.getStatus().getAllocatable()).containsEntry("cpu", new Quantity("16"));
        });
    }

    @Test
    void whatIsChangedByHandStays() {
        session.follow(plan(1, TEMPLATE));
        soon(() -> assertThat(names()).hasSize(1));
        SANDBOX.admin().nodes().withName("simulated-1").edit(present -> new NodeBuilder(present)
                .editSpec()
                .withTaints()
                .endSpec()
                .build());
        ready("simulated-1", "True");

        soon(() -> assertThat(session.latest().ready()).isEqualTo(1));
        assertThat(node("simulated-1").getSpec().getTaints())
                .noneMatch(taint -> taint.getKey().equals("simulated"));
    }

    @Test
    void aNodeOfThatNameThatIsNotSimulatedIsLeftAlone() {
        Node foreign = SANDBOX.admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName("simulated-2")
                        .endMetadata()
                        .build())
                .create();
        session.follow(plan(3, TEMPLATE));

        soon(() -> assertThat(session.latest().taken()).containsExactly("simulated-2"));
        assertThat(session.latest().nodes()).isEqualTo(2);
        session.follow(plan(1, TEMPLATE));
        soon(() -> assertThat(names()).containsExactly("simulated-1", "simulated-2"));
        assertThat(node("simulated-2").getMetadata().getResourceVersion())
                .isEqualTo(foreign.getMetadata().getResourceVersion());

        session.follow(plan(2, TEMPLATE));
        SANDBOX.admin().nodes().withName("simulated-2").delete();
        session.follow(plan(3, TEMPLATE));
        soon(() -> assertThat(session.latest().nodes()).isEqualTo(3));
        assertThat(session.latest().taken()).isEmpty();
    }

    @Test
    void volumesHaveAStorageClassWhichIsTheDefaultUnlessThereIsAnother() {
        session.follow(plan(1, TEMPLATE));
        soon(() -> assertThat(storageClass()).isNotNull().satisfies(made -> assertThat(
                        made.getMetadata().getAnnotations())
                .containsEntry("storageclass.kubernetes.io/is-default-class", "true")));
        assertThat(SimulatedStorageClass.desired(false).getMetadata().getAnnotations())
                .isEmpty();

        session.follow(new SimulationPlan(
                SANDBOX.asSandbox(), new Wish("2", 0, false, false, NodeTemplate.NONE, Ignored.NONE)));
        soon(() -> assertThat(storageClass()).isNull());
    }

    @Test
    void theStorageClassThatSomebodyDeletedComesBackWithTheNextBeginningAndIsNotTheDefaultBesideAnother() {
        session.follow(plan(1, TEMPLATE));
        soon(() -> assertThat(storageClass()).isNotNull());
        SANDBOX.admin()
                .resource(new StorageClassBuilder(SimulatedStorageClass.desired(true))
                        .editMetadata()
                        .withName("mine")
                        .withLabels(Map.of())
                        .endMetadata()
                        .build())
                .create();
        SANDBOX.admin().storage().v1().storageClasses().withName("simulated").delete();
        session.follow(plan(2, TEMPLATE));
        soon(() -> assertThat(session.latest().looked() && session.latest().nodes() == 2)
                .isTrue());
        assertThat(storageClass()).isNull();

        // As after a doze, or in another operator; in the same life of the control plane.
        session.stop();
        session = caretaker(lanes);
        session.follow(plan(2, TEMPLATE));

        soon(() -> assertThat(storageClass()).isNotNull().satisfies(made -> assertThat(
                        made.getMetadata().getAnnotations())
                .isNullOrEmpty()));
    }

    @Test
    void aStorageClassThatIsNoDefaultAnyMoreStaysSo() {
        session.follow(plan(1, TEMPLATE));
        soon(() -> assertThat(storageClass()).isNotNull());
        SANDBOX.admin().storage().v1().storageClasses().withName("simulated").edit(made -> new StorageClassBuilder(made)
                .editMetadata()
                .withAnnotations(Map.of())
                .endMetadata()
                .build());

        session.stop();
        session = caretaker(lanes);
        session.follow(plan(2, TEMPLATE));

        soon(() -> assertThat(session.latest().looked() && session.latest().nodes() == 2)
                .isTrue());
        assertThat(storageClass().getMetadata().getAnnotations()).isNullOrEmpty();
    }

    @Test
    void theStorageClassThatAnEarlierReleaseMadeGivesWay() {
        SANDBOX.admin()
                .resource(new StorageClassBuilder(SimulatedStorageClass.desired(true))
                        .withProvisioner("sandboxcluster.dev/simulated")
                        .build())
                .create();

        session.follow(plan(1, TEMPLATE));

        soon(() -> assertThat(storageClass())
                .isNotNull()
                .satisfies(made -> assertThat(made.getProvisioner()).isEqualTo("kubernetes.io/host-path"))
                .satisfies(made -> assertThat(made.getMetadata().getAnnotations())
                        .containsEntry("storageclass.kubernetes.io/is-default-class", "true")));
    }

    @Test
    void metricsHaveSomethingThatStandsForTheirServerUnlessThereIsOne() {
        session.follow(plan(1, TEMPLATE));
        soon(() -> assertThat(names()).hasSize(1));
        soon(() ->
                assertThat(SANDBOX.admin().top().nodes().metrics().getItems()).isEmpty());
        soon(() -> assertThat(SANDBOX.admin().top().pods().metrics("default").getItems())
                .isEmpty());

        session.follow(new SimulationPlan(SANDBOX.asSandbox(), new Wish("2", 1, true, false, TEMPLATE, Ignored.NONE)));
        soon(() -> assertThat(metricsDefinitions()).isEmpty());

        SANDBOX.admin().resource(METRICS_SERVER).create();
        try {
            session.follow(
                    new SimulationPlan(SANDBOX.asSandbox(), new Wish("3", 2, true, true, TEMPLATE, Ignored.NONE)));
            soon(() -> assertThat(session.latest().looked() && session.latest().nodes() == 2)
                    .isTrue());
            assertThat(metricsDefinitions()).isEmpty();
        } finally {
            SANDBOX.admin().resource(METRICS_SERVER).delete();
        }
    }

    @Test
    void whatTheSandboxForbidsIsSaid() {
        SANDBOX.admin()
                .resource(new ValidatingAdmissionPolicyBuilder()
                        .withNewMetadata()
                        .withName("no-nodes")
                        .endMetadata()
                        .withNewSpec()
                        .withFailurePolicy("Fail")
                        .withNewMatchConstraints()
                        .addNewResourceRule()
                        .withApiGroups("")
                        .withApiVersions("v1")
                        .withOperations("CREATE")
                        .withResources("nodes")
                        .endResourceRule()
                        .endMatchConstraints()
                        .addNewValidation()
                        .withExpression("false")
                        .withMessage("no nodes here")
                        .endValidation()
                        .endSpec()
                        .build())
                .create();
        SANDBOX.admin()
                .resource(new ValidatingAdmissionPolicyBindingBuilder()
                        .withNewMetadata()
                        .withName("no-nodes")
                        .endMetadata()
                        .withNewSpec()
                        .withPolicyName("no-nodes")
                        .withValidationActions("Deny")
                        .endSpec()
                        .build())
                .create();
        try {
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                session.follow(plan(1, TEMPLATE));
                SANDBOX.admin().nodes().delete();
                assertThat(session.latest().failure()).hasValueSatisfying(failure -> {
                    assertThat(failure.reason()).isEqualTo(Reason.SANDBOX_REFUSED);
                    assertThat(failure.why()).contains("no nodes here");
                });
            });
        } finally {
            SANDBOX.admin()
                    .admissionRegistration()
                    .v1()
                    .validatingAdmissionPolicyBindings()
                    .withName("no-nodes")
                    .delete();
            SANDBOX.admin()
                    .admissionRegistration()
                    .v1()
                    .validatingAdmissionPolicies()
                    .withName("no-nodes")
                    .delete();
        }
    }

    private static StorageClass storageClass() {
        return SANDBOX.admin()
                .storage()
                .v1()
                .storageClasses()
                .withName("simulated")
                .get();
    }

    private static void ready(String name, String status) {
        SANDBOX.admin().nodes().withName(name).editStatus(present -> new NodeBuilder(present)
                .editStatus()
                .withConditions()
                .addNewCondition()
                .withType("Ready")
                .withStatus(status)
                .endCondition()
                .endStatus()
                .build());
    }

    private static List<String> names() {
        return SANDBOX.admin().nodes().list().getItems().stream()
                .map(node -> node.getMetadata().getName())
                .sorted()
                .toList();
    }

    private static Node node(String name) {
        return SANDBOX.admin().nodes().withName(name).get();
    }

    private static NodeTemplate template(String cpu, Map<String, String> labels, List<Taint> taints) {
        return new NodeTemplate(Map.of("cpu", new Quantity(cpu)), labels, taints, "amd64", "v1.33.5+k3s1");
    }

    private static SimulationPlan plan(int count, NodeTemplate template) {
        return new SimulationPlan(
                SANDBOX.asSandbox(), new Wish("1", count, count > 0, count > 0, template, Ignored.NONE));
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(assertion);
    }

    private static List<String> metricsDefinitions() {
        return SANDBOX.admin().apiextensions().v1().customResourceDefinitions().list().getItems().stream()
                .map(definition -> definition.getMetadata().getName())
                .filter(name -> name.endsWith(".metrics.k8s.io"))
                .toList();
    }
}
