package dev.sandboxcluster.operator.capability.workers.external.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan.Group;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict;
import dev.sandboxcluster.operator.it.HostCluster;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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

        SANDBOX.admin().nodes().withName("w1").edit(present -> new NodeBuilder(present)
                .editMetadata()
                .addToAnnotations(Annotations.REMOVE, "drain")
                .endMetadata()
                .build());
        soon(() -> assertThat(node("w1")).isNull());
        soon(() -> assertThat(session.latest().nodes()).isEmpty());
    }

    @Test
    void aNodeThatNoMachineJoinedAsIsLeftAlone() {
        foreignNode("foreign", "Unknown", Duration.ofHours(1));
        SANDBOX.admin().nodes().withName("foreign").edit(present -> new NodeBuilder(present)
                .editMetadata()
                .addToAnnotations(Annotations.REMOVE, "force")
                .addToLabels("node-restriction.kubernetes.io/pool", "mine")
                .endMetadata()
                .build());
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
