package dev.sandboxcluster.operator.capability.workers.external.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.DenyReason;
import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.NodeReason;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.Taints;
import dev.sandboxcluster.operator.capability.workers.external.plan.Forwarded;
import dev.sandboxcluster.operator.capability.workers.external.plan.Publication;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan.Group;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict;
import dev.sandboxcluster.operator.capability.workers.external.policy.Requests;
import dev.sandboxcluster.operator.it.HostCluster;
import dev.sandboxcluster.operator.sandbox.Failure;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import dev.sandboxcluster.operator.sandbox.session.Caretaker;
import dev.sandboxcluster.operator.sandbox.session.DrippingServer;
import dev.sandboxcluster.operator.sandbox.session.Lanes;
import dev.sandboxcluster.operator.sandbox.session.SandboxThreads;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBindingBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestConditionBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the operator does in a sandbox, on a real API server in the place of one: there are no kubelets, only Nodes. */
class WorkerSessionIT {

    @RegisterExtension
    static final HostCluster SANDBOX = new HostCluster();

    private static final Group DEFAULT = new Group(
            "default",
            Optional.empty(),
            Map.of("node-restriction.kubernetes.io/pool", "a"),
            List.of(new Taint("NoSchedule", "pool", null, "a")));

    private static final Group HOSTED = new Group(WorkerPlan.HOSTED, Optional.empty(), Map.of(), List.of());

    private final Lanes lanes = Lanes.open();
    private Caretaker<WorkerPlan, WorkerReport> session;

    @BeforeEach
    void open() {
        session = caretaker();
    }

    private Caretaker<WorkerPlan, WorkerReport> caretaker() {
        return new Caretaker<>(
                new VertxHttpClientFactory(),
                lanes,
                Clock.systemUTC(),
                new WorkerCare(Clock.systemUTC()),
                WorkerReport.UNKNOWN,
                () -> {});
    }

    @AfterEach
    void close() {
        session.stop();
        lanes.close();
        SANDBOX.admin().pods().inAnyNamespace().withGracePeriod(0).delete();
        SANDBOX.admin().nodes().delete();
        SANDBOX.admin()
                .services()
                .inNamespace("default")
                .withLabelIn("test", "service")
                .delete();
        SANDBOX.admin()
                .services()
                .inNamespace("default")
                .withLabel(Labels.PUBLISHED)
                .delete();
        SANDBOX.admin().certificates().v1().certificateSigningRequests().delete();
        SANDBOX.admin()
                .secrets()
                .inNamespace(JoinTokens.NAMESPACE)
                .withLabel(Labels.WORKER_GROUP)
                .delete();
    }

    @Test
    void aTokenIsMadeAndWithdrawnWithItsEpoch() {
        session.follow(plan(Map.of(), Optional.empty(), DEFAULT));
        soon(() -> assertThat(session.latest().tokens()).containsOnlyKeys("default"));
        String epoch = session.latest().tokens().get("default").epoch();
        String first = session.latest().tokens().get("default").token().id();
        assertThat(tokens()).containsExactly("bootstrap-token-" + first);

        session.follow(plan(Map.of("default", epoch), Optional.empty(), DEFAULT));
        session.follow(plan(Map.of(), Optional.empty(), DEFAULT));
        assertThat(session.latest().tokens()).isEmpty();
        soon(() -> assertThat(tokens()).hasSize(1).doesNotContain("bootstrap-token-" + first));

        session.follow(plan(Map.of(), Optional.empty()));
        soon(() -> assertThat(tokens()).isEmpty());
        soon(() -> assertThat(session.latest().settled()).isTrue());
    }

    @Test
    void whoNoLongerLeadsLeavesTheSandboxAlone() {
        AtomicBoolean leading = new AtomicBoolean(true);
        ResourceID id = new ResourceID("demo", "previews");
        SandboxThreads threads = new SandboxThreads(Clock.systemUTC());
        WorkerEventSource source = new WorkerEventSource(threads, new Known(), leading::get, Clock.systemUTC());
        source.setEventHandler(event -> {});
        source.start();
        try (threads) {
            WorkerPlan plan = plan(Map.of(), Optional.empty(), DEFAULT);
            source.observe(id, plan);
            soon(() -> assertThat(tokens()).hasSize(1));

            leading.set(false);
            source.forgetAll();
            // That of a reconciliation which was under way.
            source.observe(id, plan);
            SANDBOX.admin()
                    .secrets()
                    .inNamespace(JoinTokens.NAMESPACE)
                    .withLabel(Labels.WORKER_GROUP)
                    .delete();
            await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(15)).until(() -> tokens().isEmpty());
        } finally {
            source.stop();
        }
    }

    @Test
    void whatIsUnderWayInASandboxEndsWithLeading() throws IOException {
        SandboxThreads threads = new SandboxThreads(Clock.systemUTC());
        WorkerEventSource source = new WorkerEventSource(threads, new Known(), () -> true, Clock.systemUTC());
        source.setEventHandler(event -> {});
        source.start();
        try (threads;
                DrippingServer server = new DrippingServer()) {
            source.observe(
                    new ResourceID("demo", "previews"), at(server.url(), plan(Map.of(), Optional.empty(), DEFAULT)));
            // The first pass ends by itself after 2 s; the second would go on for 15.
            await().atMost(Duration.ofSeconds(30)).until(() -> server.requests() == 2);

            source.stop();

            await().atMost(Duration.ofSeconds(8)).until(() -> server.cutOff() == 2);
        }
    }

    @Test
    void aTokenThatSomebodyDeletesIsReplaced() {
        session.follow(plan(Map.of(), Optional.empty(), DEFAULT));
        soon(() -> assertThat(tokens()).hasSize(1));
        String first = tokens().get(0);

        SANDBOX.admin()
                .secrets()
                .inNamespace(JoinTokens.NAMESPACE)
                .withName(first)
                .delete();
        // Well before the next look that nothing calls for.
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(tokens()).hasSize(1).doesNotContain(first));
    }

    @Test
    void aNodeGetsItsGroupsLabelsAndTaintsAndKeepsThem() {
        session.follow(plan(Map.of(), Optional.empty(), DEFAULT));
        node("w1", "True", Duration.ofMinutes(1));

        soon(() -> assertThat(node("w1").getMetadata().getLabels())
                .containsEntry("node-restriction.kubernetes.io/sandboxcluster-group", "default")
                .containsEntry("node-restriction.kubernetes.io/pool", "a"));
        assertThat(node("w1").getSpec().getTaints()).extracting(Taint::getKey).contains("pool");

        SANDBOX.admin().nodes().withName("w1").edit(present -> new NodeBuilder(present)
                .editMetadata()
                .removeFromLabels("node-restriction.kubernetes.io/pool")
                .endMetadata()
                .build());
        soon(() -> assertThat(node("w1").getMetadata().getLabels())
                .containsEntry("node-restriction.kubernetes.io/pool", "a"));
    }

    @Test
    void onlyNodesThatAreLostForLongAreRemovedByThemselves() {
        node("lost", "Unknown", Duration.ofHours(1));
        node("brief", "Unknown", Duration.ofMinutes(1));
        node("ready", "True", Duration.ofHours(1));

        session.follow(plan(Map.of(), Optional.of(Duration.ofMinutes(30)), DEFAULT));

        soon(() -> assertThat(node("lost")).isNull());
        soon(() -> assertThat(session.latest().nodes())
                .extracting(NodeVerdict::name)
                .containsExactly("brief", "ready"));
        assertThat(node("brief")).isNotNull();
    }

    @Test
    void aNodeIsCordonedAndRemovedOnRequest() {
        session.follow(plan(Map.of(), Optional.empty(), DEFAULT));
        node("w1", "True", Duration.ofMinutes(1));
        soon(() -> assertThat(session.latest().nodes()).hasSize(1));

        wish("w1", "drain");
        soon(() -> assertThat(node("w1")).isNull());
        soon(() -> assertThat(session.latest().nodes()).isEmpty());
    }

    @Test
    void hostedNodesThatAreToGoAreDrainedAndOthersOfTheirNameStay() {
        WorkerPlan wanted = plan(Map.of(), Optional.empty(), HOSTED);
        session.follow(wanted);
        node("hosted-0", "True", Duration.ofMinutes(1));
        node("hosted-1", "True", Duration.ofMinutes(1));
        foreignNode("hosted-2", "True", Duration.ofMinutes(1));
        pod("hosted-1");
        soon(() -> assertThat(session.latest().of(WorkerPlan.HOSTED)).hasSize(2));

        session.follow(leaving(wanted, "hosted-1", "hosted-2"));
        soon(() -> assertThat(session.latest().nodes())
                .extracting(NodeVerdict::name, NodeVerdict::reason)
                .containsExactly(tuple("hosted-0", NodeReason.READY), tuple("hosted-1", NodeReason.DRAINING)));
        assertThat(node("hosted-1").getSpec().getUnschedulable()).isTrue();

        SANDBOX.admin()
                .pods()
                .inNamespace("kube-system")
                .withName("on-hosted-1")
                .withGracePeriod(0)
                .delete();
        soon(() -> assertThat(node("hosted-1")).isNull());
        assertThat(node("hosted-2").getSpec().getUnschedulable()).isNull();
    }

    @Test
    void aWishOfSomebodyElsesDoesNotKeepAHostedNodeForLonger() {
        WorkerPlan wanted = withOneHostedNode();
        pod("hosted-0");
        wish("hosted-0", "drain");

        session.follow(leaving(wanted, "hosted-0"));

        soon(() -> assertThat(wish("hosted-0").getValue()).isEqualTo("force"));
    }

    @Test
    void hostedNodesThatAreDrainedAreKnownAlsoWhereNoneAreWantedAnyMore() {
        withOneHostedNode();
        pod("hosted-0");

        session.follow(leaving(plan(Map.of(), Optional.empty(), DEFAULT), "hosted-0"));

        soon(() -> assertThat(session.latest().of(WorkerPlan.HOSTED))
                .extracting(NodeVerdict::name, NodeVerdict::reason)
                .containsExactly(tuple("hosted-0", NodeReason.DRAINING)));
    }

    @Test
    void hostedNodesWhosePodsAreGoneAreDeletedWithTheirTokens() {
        WorkerPlan wanted = withOneHostedNode();

        session.follow(WorkerPlan.withdrawal(wanted.access(), wanted.apiServerVersion(), Set.of("hosted-0")));
        soon(() -> assertThat(node("hosted-0")).isNull());
        soon(() -> assertThat(tokens()).isEmpty());
    }

    @Test
    void whatIsPublishedIsForwardedByNodesAsLongAsItIsWanted() {
        WorkerPlan none = plan(Map.of(), Optional.empty(), HOSTED);
        WorkerPlan wanted = publishing(none, new Publication("web", "default", "shop", 80));
        session.follow(wanted);
        soon(() -> assertThat(session.latest().forwarded())
                .containsExactly(Forwarded.not("web", "there is no Service default/shop")));

        service("shop", Map.of());
        soon(() -> assertThat(session.latest().forwarded())
                .containsExactly(Forwarded.not("web", "Service default/shop selects no pods")));
        SANDBOX.admin().services().inNamespace("default").withName("shop").delete();
        service("shop", Map.of("app", "shop"));
        soon(() -> assertThat(session.latest().forwarded())
                .extracting(Forwarded::obstacle)
                .containsExactly(Optional.empty()));
        Service forwarding = forwarding("web");
        assertThat(forwarding.getSpec().getType()).isEqualTo("NodePort");
        assertThat(forwarding.getSpec().getSelector()).containsExactly(Map.entry("app", "shop"));
        assertThat(forwarding.getSpec().getPorts().get(0).getTargetPort().getStrVal())
                .isEqualTo("http");
        int port = forwarding.getSpec().getPorts().get(0).getNodePort();
        assertThat(session.latest().forwarded()).containsExactly(Forwarded.at("web", port));

        SANDBOX.admin()
                .services()
                .inNamespace("default")
                .withName("sandboxcluster-publish-web")
                .edit(present -> new ServiceBuilder(present)
                        .editSpec()
                        .withSelector(Map.of("app", "another"))
                        .endSpec()
                        .build());
        soon(() -> assertThat(forwarding("web").getSpec().getSelector()).containsEntry("app", "shop"));
        assertThat(forwarding("web").getSpec().getPorts().get(0).getNodePort()).isEqualTo(port);

        session.follow(publishing(
                none, new Publication("api", "default", "shop", 81), new Publication("far", "nowhere", "shop", 80)));
        soon(() -> assertThat(session.latest().forwarded())
                .containsExactly(
                        Forwarded.not("api", "Service default/shop has no TCP port 81"),
                        Forwarded.not("far", "there is no Service nowhere/shop")));
        soon(() -> assertThat(forwarding("web")).isNull());
        assertThat(SANDBOX.admin()
                        .services()
                        .inNamespace("default")
                        .withName("shop")
                        .get())
                .isNotNull();
    }

    @Test
    void whatIsForwardedEndsWithHostedWorkers() {
        WorkerPlan none = plan(Map.of(), Optional.empty(), HOSTED);
        service("shop", Map.of("app", "shop"));
        session.follow(publishing(none, new Publication("web", "default", "shop", 80)));
        soon(() -> assertThat(forwarding("web")).isNotNull());

        session.follow(WorkerPlan.withdrawal(none.access(), none.apiServerVersion(), Set.of()));
        soon(() -> assertThat(forwarding("web")).isNull());
    }

    @Test
    void anotherServiceOfTheNameIsLeftAlone() {
        service("shop", Map.of("app", "shop"));
        service("sandboxcluster-publish-web", Map.of("app", "mine"));
        session.follow(
                publishing(plan(Map.of(), Optional.empty(), HOSTED), new Publication("web", "default", "shop", 80)));

        soon(() -> assertThat(session.latest().forwarded())
                .flatExtracting(one -> one.obstacle().stream().toList())
                .singleElement()
                .asString()
                .contains("default/sandboxcluster-publish-web"));
        assertThat(forwarding("web").getSpec().getSelector()).containsEntry("app", "mine");
        assertThat(session.latest().failure()).isEmpty();
    }

    @Test
    void aDrainBeganWhenItWasFirstAskedFor() {
        node("w1", "True", Duration.ofMinutes(1));
        pod("w1");
        session.follow(plan(Map.of(), Optional.empty(), DEFAULT));
        wish("w1", "drain");
        soon(() -> assertThat(wish("w1").getTimeAdded()).isNotNull());
        String began = wish("w1").getTimeAdded();
        assertThat(node("w1").getSpec().getUnschedulable()).isTrue();

        wish("w1", "force");
        soon(() -> assertThat(wish("w1").getTimeAdded()).isEqualTo(began));
        assertThat(session.latest().nodes()).extracting(NodeVerdict::reason).containsExactly(NodeReason.DRAINING);
    }

    /** With the right that k3s gives every agent: to patch the status of any Node, and with it labels and annotations. */
    @Test
    void noMachineCanHaveAnotherRemoved() {
        node("w1", "True", Duration.ofHours(1));
        node("w2", "True", Duration.ofHours(1));
        session.follow(plan(Map.of(), Optional.of(Duration.ofMinutes(30)), DEFAULT));
        soon(() -> assertThat(session.latest().nodes()).hasSize(2));

        try (KubernetesClient agent = agent()) {
            agent.nodes().withName("w1").subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), """
                    {"metadata": {"annotations": {"sandboxcluster.dev/remove": "force"}, "labels": {"seen": "a"}},
                     "spec": {"taints": [{"key": "sandboxcluster.dev/remove", "value": "force", "effect": "NoSchedule"}]},
                     "status": {"conditions": [{"type": "Ready", "status": "Unknown",
                       "lastTransitionTime": "2020-01-01T00:00:00Z", "lastHeartbeatTime": "2020-01-01T00:00:00Z"}]}}
                    """);
        }
        soon(() -> assertThat(session.latest().nodes())
                .filteredOn(NodeVerdict::ready, false)
                .extracting(NodeVerdict::name, NodeVerdict::reason)
                .containsExactly(tuple("w1", NodeReason.NOT_READY)));
        wish("w2", "drain");
        soon(() -> assertThat(node("w2")).isNull());
        assertThat(node("w1").getMetadata().getLabels()).containsEntry("seen", "a");
    }

    @Test
    void aNodeThatNoMachineJoinedAsIsLeftAlone() {
        foreignNode("foreign", "Unknown", Duration.ofHours(1));
        SANDBOX.admin().nodes().withName("foreign").edit(present -> new NodeBuilder(present)
                .editMetadata()
                .addToLabels("node-restriction.kubernetes.io/pool", "mine")
                .endMetadata()
                .build());
        wish("foreign", "force");
        Node before = node("foreign");
        session.follow(plan(Map.of(), Optional.of(Duration.ofMinutes(30)), DEFAULT));
        node("w1", "True", Duration.ofMinutes(1));

        soon(() -> assertThat(session.latest().nodes())
                .extracting(NodeVerdict::name)
                .containsExactly("w1"));
        soon(() -> assertThat(node("w1").getMetadata().getLabels())
                .containsEntry("node-restriction.kubernetes.io/pool", "a"));
        assertThat(node("foreign")).isEqualTo(before);
    }

    @Test
    void aSandboxIsReadUpToASizeAndNoFurther() {
        List<String> large = IntStream.range(0, 8)
                .mapToObj(number -> "bootstrap-token-large" + number)
                .toList();
        large.forEach(name -> SANDBOX.admin()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(JoinTokens.NAMESPACE)
                        .addToLabels(Labels.WORKER_GROUP, "default")
                        .endMetadata()
                        .withType(JoinTokens.TYPE)
                        .addToStringData("much", "a".repeat(700_000))
                        .build())
                .create());
        session.follow(plan(Map.of(), Optional.empty(), DEFAULT));
        soon(() -> assertThat(session.latest().failure()).map(Failure::reason).contains(Reason.SANDBOX_TOO_LARGE));
        assertThat(session.latest().tokens()).isEmpty();
    }

    @Test
    void whatTheSandboxForbidsAboutOneNodeHoldsUpNoOther() {
        node("w1", "True", Duration.ofMinutes(1));
        node("w2", "True", Duration.ofMinutes(1));
        try (Policy forbidden = new Policy("object.metadata.name != 'w1' || !has(object.metadata.labels)")) {
            session.follow(plan(Map.of(), Optional.empty(), DEFAULT));
            soon(() -> assertThat(node("w2").getMetadata().getLabels())
                    .containsEntry("node-restriction.kubernetes.io/pool", "a"));
            soon(() -> assertThat(session.latest().nodes())
                    .extracting(node -> node.name() + " " + node.reason().equals(NodeReason.NOT_LOOKED_AFTER))
                    .containsExactly("w1 true", "w2 false"));
        }
        assertThat(session.latest().failure()).isEmpty();
        assertThat(session.latest().tokens()).containsOnlyKeys("default");
    }

    @Test
    void aTokenThatIsThereTwiceAndRefusalsOfOthersAreNotCounted() {
        session.follow(plan(Map.of(), Optional.empty(), Bootstrap.KubeletTLS, DEFAULT));
        soon(() -> assertThat(tokens()).hasSize(1));
        Secret token = SANDBOX.admin()
                .secrets()
                .inNamespace(JoinTokens.NAMESPACE)
                .withName(tokens().get(0))
                .get();
        SANDBOX.admin()
                .resource(new SecretBuilder(token)
                        .withNewMetadata()
                        .withName("bootstrap-token-copied")
                        .withNamespace(JoinTokens.NAMESPACE)
                        .withLabels(token.getMetadata().getLabels())
                        .withAnnotations(token.getMetadata().getAnnotations())
                        .endMetadata()
                        .build())
                .create();
        refusedByTheAdministrator();

        soon(() -> assertThat(session.latest().refusals())
                .extracting(WorkerReport.Refusal::node, WorkerReport.Refusal::reason)
                .containsExactly(tuple("bootstrap-token-copied", NodeReason.TOKEN_INVALID)));
        assertThat(session.latest().failure()).isEmpty();
    }

    /** Each answers everything with a byte now and then; on the real one the others go on as before. */
    @Test
    void sandboxesThatDripHoldUpNoOther() throws IOException {
        List<Caretaker<WorkerPlan, WorkerReport>> dripping = new ArrayList<>();
        try (DrippingServer server = new DrippingServer()) {
            for (int i = 0; i < 12; i++) {
                Caretaker<WorkerPlan, WorkerReport> slow = caretaker();
                dripping.add(slow);
                slow.follow(at(server.url(), plan(Map.of(), Optional.empty(), DEFAULT)));
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> server.requests() >= 4);
            session.follow(plan(Map.of(), Optional.empty(), DEFAULT));
            soon(() -> assertThat(session.latest().tokens()).containsOnlyKeys("default"));
            String first = tokens().get(0);
            SANDBOX.admin()
                    .secrets()
                    .inNamespace(JoinTokens.NAMESPACE)
                    .withName(first)
                    .delete();
            soon(() -> assertThat(tokens()).hasSize(1).doesNotContain(first));
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(dripping)
                    .anySatisfy(slow -> assertThat(slow.latest().failure())
                            .map(Failure::reason)
                            .contains(Reason.SANDBOX_TOO_SLOW)));
        } finally {
            dripping.forEach(Caretaker::stop);
        }
    }

    private static WorkerPlan at(URI url, WorkerPlan plan) {
        return with(plan, plan.access().at(url), plan.leaving(), plan.publications());
    }

    private static WorkerPlan leaving(WorkerPlan plan, String... nodes) {
        return with(plan, plan.access(), Set.of(nodes), plan.publications());
    }

    private static WorkerPlan publishing(WorkerPlan plan, Publication... publications) {
        return with(plan, plan.access(), plan.leaving(), List.of(publications));
    }

    private static WorkerPlan with(
            WorkerPlan plan, SandboxAccess access, Set<String> leaving, List<Publication> publications) {
        return new WorkerPlan(
                access,
                plan.bootstrap(),
                plan.address(),
                plan.port(),
                plan.apiServerVersion(),
                plan.tokenTtl(),
                plan.removeNotReadyAfter(),
                plan.drainTimeout(),
                plan.groups(),
                plan.epochs(),
                plan.reserved(),
                leaving,
                publications,
                plan.life());
    }

    private static void service(String name, Map<String, String> selector) {
        SANDBOX.admin()
                .resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace("default")
                        .addToLabels("test", "service")
                        .endMetadata()
                        .withNewSpec()
                        .withSelector(selector)
                        .addNewPort()
                        .withPort(80)
                        .withTargetPort(new IntOrString("http"))
                        .endPort()
                        .endSpec()
                        .build())
                .create();
    }

    private static Service forwarding(String publication) {
        return SANDBOX.admin()
                .services()
                .inNamespace("default")
                .withName("sandboxcluster-publish-" + publication)
                .get();
    }

    /** A rule for what Nodes may become, in force when this returns. */
    private static final class Policy implements AutoCloseable {

        private static final String NAME = "nodes";

        Policy(String expression) {
            SANDBOX.admin()
                    .resource(new ValidatingAdmissionPolicyBuilder()
                            .withNewMetadata()
                            .withName(NAME)
                            .endMetadata()
                            .withNewSpec()
                            .withFailurePolicy("Fail")
                            .withNewMatchConstraints()
                            .addNewResourceRule()
                            .withApiGroups("")
                            .withApiVersions("v1")
                            .withOperations("UPDATE")
                            .withResources("nodes")
                            .endResourceRule()
                            .endMatchConstraints()
                            .addNewValidation()
                            .withExpression(expression)
                            .endValidation()
                            .endSpec()
                            .build())
                    .create();
            SANDBOX.admin()
                    .resource(new ValidatingAdmissionPolicyBindingBuilder()
                            .withNewMetadata()
                            .withName(NAME)
                            .endMetadata()
                            .withNewSpec()
                            .withPolicyName(NAME)
                            .withValidationActions("Deny")
                            .endSpec()
                            .build())
                    .create();
            await().atMost(Duration.ofSeconds(30)).until(Policy::isInForce);
        }

        private static boolean isInForce() {
            try {
                SANDBOX.admin()
                        .nodes()
                        .withName("w1")
                        .patch(
                                PatchContext.of(PatchType.JSON_MERGE),
                                "{\"metadata\": {\"labels\": {\"tried\": null}, \"annotations\": {\"tried\": \""
                                        + Instant.now() + "\"}}}");
                SANDBOX.admin()
                        .nodes()
                        .withName("w1")
                        .patch(
                                PatchContext.of(PatchType.JSON_MERGE),
                                "{\"metadata\": {\"labels\": {\"tried\": \"a\"}}}");
                return false;
            } catch (KubernetesClientException refused) {
                return true;
            }
        }

        @Override
        public void close() {
            SANDBOX.admin()
                    .admissionRegistration()
                    .v1()
                    .validatingAdmissionPolicyBindings()
                    .withName(NAME)
                    .delete();
            SANDBOX.admin()
                    .admissionRegistration()
                    .v1()
                    .validatingAdmissionPolicies()
                    .withName(NAME)
                    .delete();
        }
    }

    /** A request that the operator has nothing to do with, refused in its words. */
    private static void refusedByTheAdministrator() {
        CertificateSigningRequest request = SANDBOX.admin()
                .resource(new CertificateSigningRequestBuilder()
                        .withNewMetadata()
                        .withName("csr-w9")
                        .endMetadata()
                        .withNewSpec()
                        .withSignerName("kubernetes.io/kube-apiserver-client-kubelet")
                        .withUsages("digital signature", "client auth")
                        .withRequest(Requests.base64(Requests.client("O=system:nodes,CN=system:node:w9")))
                        .endSpec()
                        .build())
                .create();
        SANDBOX.admin()
                .certificates()
                .v1()
                .certificateSigningRequests()
                .withName(request.getMetadata().getName())
                .deny(new CertificateSigningRequestConditionBuilder()
                        .withType("Denied")
                        .withStatus("True")
                        .withReason(DenyReason.NAME_IN_USE)
                        .withMessage("all is lost")
                        .withLastUpdateTime(
                                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                        .build());
    }

    /** The plan by which it is wanted. */
    private WorkerPlan withOneHostedNode() {
        WorkerPlan wanted = plan(Map.of(), Optional.empty(), HOSTED);
        session.follow(wanted);
        node("hosted-0", "True", Duration.ofMinutes(1));
        soon(() -> assertThat(session.latest().of(WorkerPlan.HOSTED)).hasSize(1));
        return wanted;
    }

    /** What {@code kubectl taint --overwrite node NAME sandboxcluster.dev/remove=VALUE:NoSchedule} does. */
    private static void wish(String node, String value) {
        SANDBOX.admin().nodes().withName(node).edit(present -> new NodeBuilder(present)
                .editOrNewSpec()
                .removeMatchingFromTaints(taint -> Taints.REMOVE.equals(taint.getKey()))
                .addNewTaint("NoSchedule", Taints.REMOVE, null, value)
                .endSpec()
                .build());
    }

    private static Taint wish(String node) {
        return node(node).getSpec().getTaints().stream()
                .filter(taint -> Taints.REMOVE.equals(taint.getKey()))
                .findFirst()
                .orElseThrow();
    }

    /** That nobody ends: there are no kubelets. */
    private static void pod(String node) {
        SANDBOX.admin()
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("on-" + node)
                        .withNamespace("kube-system")
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName(node)
                        .withTerminationGracePeriodSeconds(600L)
                        .withAutomountServiceAccountToken(false)
                        .addNewContainer()
                        .withName("a")
                        .withImage("a")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }

    private static KubernetesClient agent() {
        SANDBOX.admin()
                .resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName("system:k3s-controller")
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("")
                        .withResources("nodes")
                        .withVerbs("get")
                        .endRule()
                        .addNewRule()
                        .withApiGroups("")
                        .withResources("nodes/status")
                        .withVerbs("patch")
                        .endRule()
                        .build())
                .createOr(existing -> existing.update());
        SANDBOX.admin()
                .resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName("system:k3s-controller")
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "system:k3s-controller")
                        .addNewSubject("rbac.authorization.k8s.io", "User", "system:k3s-controller", null)
                        .build())
                .createOr(existing -> existing.update());
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(SANDBOX.admin().getConfiguration())
                        .withImpersonateUsername("system:k3s-controller")
                        .build())
                .build();
    }

    private static Node node(String name) {
        return SANDBOX.admin().nodes().withName(name).get();
    }

    /** As a machine with a k3s agent makes one. */
    private static void node(String name, String ready, Duration since) {
        SANDBOX.admin()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name + ".node-password.k3s")
                        .withNamespace("kube-system")
                        .endMetadata()
                        .build())
                .createOr(existing -> existing.update());
        foreignNode(name, ready, since);
        ZonedDateTime renewed = ZonedDateTime.now().minus(ready.equals("True") ? Duration.ZERO : since);
        SANDBOX.admin()
                .resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace("kube-node-lease")
                        .endMetadata()
                        .withNewSpec()
                        .withRenewTime(renewed)
                        .endSpec()
                        .build())
                .createOr(existing -> existing.update());
    }

    private static void foreignNode(String name, String ready, Duration since) {
        SANDBOX.admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        String then = Instant.now().minus(since).truncatedTo(ChronoUnit.SECONDS).toString();
        SANDBOX.admin().nodes().withName(name).editStatus(present -> new NodeBuilder(present)
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready)
                .withLastTransitionTime(then)
                .withLastHeartbeatTime(then)
                .endCondition()
                .endStatus()
                .build());
    }

    private static List<String> tokens() {
        return SANDBOX
                .admin()
                .secrets()
                .inNamespace(JoinTokens.NAMESPACE)
                .withLabel(Labels.WORKER_GROUP)
                .list()
                .getItems()
                .stream()
                .map((Secret secret) -> secret.getMetadata().getName())
                .toList();
    }

    private static WorkerPlan plan(
            Map<String, String> epochs, Optional<Duration> removeNotReadyAfter, Group... groups) {
        return plan(epochs, removeNotReadyAfter, Bootstrap.K3sAgent, groups);
    }

    private static WorkerPlan plan(
            Map<String, String> epochs, Optional<Duration> removeNotReadyAfter, Bootstrap bootstrap, Group... groups) {
        return new WorkerPlan(
                SANDBOX.asSandbox(),
                bootstrap,
                "192.0.2.1",
                443,
                "v1.33.5+k3s1",
                Duration.ofDays(1),
                removeNotReadyAfter,
                Duration.ofMinutes(5),
                List.of(groups),
                epochs,
                Set.of(),
                Set.of(),
                List.of(),
                "");
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(assertion);
    }

    /** The cache of an operator that has the SandboxCluster, whichever. */
    private record Known() implements Cache<SandboxCluster> {
        @Override
        public Optional<SandboxCluster> get(ResourceID id) {
            return Optional.of(new SandboxCluster());
        }

        @Override
        public Stream<ResourceID> keys() {
            return Stream.of();
        }

        @Override
        public Stream<SandboxCluster> list(Predicate<SandboxCluster> predicate) {
            return Stream.of();
        }
    }
}
