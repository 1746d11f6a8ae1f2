package dev.sandboxcluster.operator.capability.workers.external.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.NodeReason;
import dev.sandboxcluster.api.v1alpha1.Taints;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan.Group;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict;
import dev.sandboxcluster.operator.it.HostCluster;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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

    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(1);
    private WorkerSession session;

    @BeforeEach
    void open() {
        session = new WorkerSession(new VertxHttpClientFactory(), executor, Clock.systemUTC(), () -> {});
    }

    @AfterEach
    void close() {
        session.stop();
        executor.shutdown();
        SANDBOX.admin().pods().inAnyNamespace().withGracePeriod(0).delete();
        SANDBOX.admin().nodes().delete();
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
    void aTokenThatSomebodyDeletesIsReplaced() {
        session.follow(plan(Map.of(), Optional.empty(), DEFAULT));
        soon(() -> assertThat(tokens()).hasSize(1));
        String first = tokens().get(0);

        SANDBOX.admin()
                .secrets()
                .inNamespace(JoinTokens.NAMESPACE)
                .withName(first)
                .delete();
        soon(() -> assertThat(tokens()).hasSize(1).doesNotContain(first));
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
                .extracting(NodeVerdict::name, NodeVerdict::reason)
                .containsExactly(tuple("w1", NodeReason.NOT_READY), tuple("w2", NodeReason.READY)));
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
        Config config = SANDBOX.admin().getConfiguration();
        return new WorkerPlan(
                new SandboxAccess(
                        URI.create(config.getMasterUrl()),
                        null,
                        pem(config.getCaCertFile()),
                        pem(config.getClientCertFile()),
                        pem(config.getClientKeyFile())),
                Bootstrap.K3sAgent,
                "192.0.2.1",
                443,
                "v1.33.5+k3s1",
                Duration.ofDays(1),
                removeNotReadyAfter,
                Duration.ofMinutes(5),
                List.of(groups),
                epochs,
                Set.of());
    }

    private static String pem(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(assertion);
    }
}
