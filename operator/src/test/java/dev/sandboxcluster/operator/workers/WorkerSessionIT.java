package dev.sandboxcluster.operator.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.operator.it.HostCluster;
import dev.sandboxcluster.operator.workers.WorkerPlan.Group;
import dev.sandboxcluster.operator.workers.WorkerPlan.TenantAccess;
import dev.sandboxcluster.operator.workers.policy.NodeVerdict;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
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

/** What the operator does in a tenant, on a real API server in the place of one: there are no kubelets, only Nodes. */
class WorkerSessionIT {

    @RegisterExtension
    static final HostCluster TENANT = new HostCluster();

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
        TENANT.admin().nodes().delete();
        TENANT.admin()
                .secrets()
                .inNamespace(TenantTokens.NAMESPACE)
                .withLabel(TenantTokens.GROUP_LABEL)
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

        TENANT.admin()
                .secrets()
                .inNamespace(TenantTokens.NAMESPACE)
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

        TENANT.admin().nodes().withName("w1").edit(present -> new NodeBuilder(present)
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

        TENANT.admin().nodes().withName("w1").edit(present -> new NodeBuilder(present)
                .editMetadata()
                .addToAnnotations(NodeRemoval.REMOVE, "drain")
                .endMetadata()
                .build());
        soon(() -> assertThat(node("w1")).isNull());
        soon(() -> assertThat(session.latest().nodes()).isEmpty());
    }

    private static Node node(String name) {
        return TENANT.admin().nodes().withName(name).get();
    }

    private static void node(String name, String ready, Duration since) {
        TENANT.admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        String then = Instant.now().minus(since).truncatedTo(ChronoUnit.SECONDS).toString();
        TENANT.admin().nodes().withName(name).editStatus(present -> new NodeBuilder(present)
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
        return TENANT
                .admin()
                .secrets()
                .inNamespace(TenantTokens.NAMESPACE)
                .withLabel(TenantTokens.GROUP_LABEL)
                .list()
                .getItems()
                .stream()
                .map((Secret secret) -> secret.getMetadata().getName())
                .toList();
    }

    private static WorkerPlan plan(
            Map<String, String> epochs, Optional<Duration> removeNotReadyAfter, Group... groups) {
        Config config = TENANT.admin().getConfiguration();
        return new WorkerPlan(
                new TenantAccess(
                        config.getMasterUrl(),
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
