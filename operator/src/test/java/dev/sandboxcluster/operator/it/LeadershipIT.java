package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two operators: one acts, the other takes over. */
class LeadershipIT {

    @RegisterExtension
    static final HostCluster HOST = new HostCluster();

    private static final String LEASE = "sandboxcluster-operator";
    private static final Duration FAILOVER = Duration.ofSeconds(20);
    private static final Duration SOON = Duration.ofSeconds(20);

    private Sandboxes sandboxes;
    private Wire wire;
    private RunningOperator first;
    private RunningOperator second;

    @BeforeEach
    void start() {
        HOST.runtimeClass("gvisor");
        sandboxes = new Sandboxes(HOST.admin(), HOST.namespace());
        wire = new Wire(HOST.operator());
        first = RunningOperator.start(wire.through(HOST.operator()), as("first"));
        await().atMost(SOON).until(first::leading);
        second = RunningOperator.start(HOST.operator(), as("second"));
    }

    @AfterEach
    void stop() {
        second.close();
        first.close();
        wire.close();
        HOST.admin().leases().inNamespace(HostCluster.SYSTEM).withName(LEASE).delete();
    }

    @Test
    void oneLeadsAndTheOtherStandsByWithoutAWrite() {
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "Ready", "PodPending");

        assertThat(first.leading()).isTrue();
        assertThat(second.leading()).isFalse();
        assertThat(second.live()).isTrue();
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("first");
        assertThat(created("secrets", "demo-pki")).hasSize(1);
    }

    @Test
    void whoIsCutOffStopsBeforeTheOtherBegins() {
        sandboxes.apply("before", "");
        sandboxes.awaitReason("before", "Ready", "PodPending");
        AtomicBoolean both = new AtomicBoolean();

        Instant cut = Instant.now();
        wire.cut(Wire.Cut.SILENT);
        sandboxes.apply("meanwhile", "");
        await().atMost(FAILOVER).pollInterval(Duration.ofMillis(10)).until(() -> {
            both.compareAndSet(false, first.leading() && second.leading());
            return second.leading();
        });
        Duration failover = Duration.between(cut, Instant.now());
        assertThat(both).isFalse();
        sandboxes.awaitReason("meanwhile", "Ready", "PodPending");
        assertThat(failover).isLessThan(FAILOVER);
        assertThat(first.live()).isTrue();

        wire.mend();
        assertThat(lease().getSpec().getLeaseTransitions()).isEqualTo(1);
        await().during(Duration.ofSeconds(5)).atMost(Duration.ofSeconds(15)).until(() -> !first.leading());
        for (String name : List.of("before", "meanwhile")) {
            Secret pki = sandboxes.awaitObject(Secret.class, name + "-pki");
            assertThat(Sandboxes.value(pki, "token"))
                    .startsWith("K10" + sandboxes.get(name).getStatus().caHash() + "::server:");
            assertThat(created("secrets", name + "-pki")).hasSize(1);
            assertThat(sandboxes
                            .awaitObject(StatefulSet.class, name)
                            .getMetadata()
                            .getGeneration())
                    .isEqualTo(1);
        }

        second.close();
        await().atMost(SOON).until(first::leading);
        sandboxes.apply("after", "");
        sandboxes.awaitReason("after", "Ready", "PodPending");
    }

    @Test
    void whoEndsLetsTheOtherLeadAtOnce() {
        first.close();

        await().atMost(Duration.ofSeconds(9)).until(second::leading);
    }

    private static Map<String, String> as(String pod) {
        return Map.of("LEASE_NAMESPACE", HostCluster.SYSTEM, "LEASE_NAME", LEASE, "POD_NAME", pod);
    }

    private static Lease lease() {
        return HOST.admin()
                .leases()
                .inNamespace(HostCluster.SYSTEM)
                .withName(LEASE)
                .get();
    }

    private List<String> created(String resource, String name) {
        return HOST.writes().stream()
                .filter(line -> line.contains("\"verb\":\"create\"")
                        && line.contains("\"resource\":\"" + resource + "\"")
                        && line.contains("\"namespace\":\"" + sandboxes.namespace() + "\"")
                        && Stream.of("\"name\":\"" + name + "\"").anyMatch(line::contains)
                        && line.contains("\"code\":201"))
                .toList();
    }
}
