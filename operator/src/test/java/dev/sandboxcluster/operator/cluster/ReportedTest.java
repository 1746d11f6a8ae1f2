package dev.sandboxcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportedTest {

    private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");
    private static final SandboxClusterStatus OLD = status("v1.33.4+k3s1");
    private static final SandboxClusterStatus NEW = status("v1.33.5+k3s1");

    private final Reported reported = new Reported();

    @Test
    void whatWasWrittenCountsThoughTheCacheIsLate() {
        reported.wrote(cached("a", OLD), NEW, NOW);

        assertThat(reported.latest(cached("a", OLD), NOW.plusSeconds(59))).isEqualTo(NEW);
        assertThat(reported.compareAt(cached("a", OLD), NOW.plusSeconds(10))).contains(NOW.plusSeconds(60));
    }

    @Test
    void afterAMinuteTheCacheCountsAgain() {
        reported.wrote(cached("a", OLD), NEW, NOW);

        assertThat(reported.latest(cached("a", OLD), NOW.plusSeconds(60))).isEqualTo(OLD);
        assertThat(reported.compareAt(cached("a", OLD), NOW.plusSeconds(60))).isEmpty();
    }

    @Test
    void aSuccessorOfTheNameStartsAnew() {
        reported.wrote(cached("a", OLD), NEW, NOW);

        assertThat(reported.latest(cached("b", null), NOW)).isEqualTo(SandboxClusterStatus.EMPTY);
    }

    @Test
    void whatIsOldIsForgotten() {
        for (int second = 0; second < 600; second++) {
            SandboxCluster cluster = cached("a", OLD);
            cluster.getMetadata().setName("demo-" + second);
            reported.wrote(cluster, NEW, NOW.plusSeconds(second));
        }

        assertThat(reported.size()).isEqualTo(60);
    }

    private static SandboxClusterStatus status(String version) {
        return new SandboxClusterStatus(
                1L, version, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                List.of());
    }

    private static SandboxCluster cached(String uid, SandboxClusterStatus status) {
        SandboxCluster cluster = new SandboxCluster();
        cluster.setMetadata(new ObjectMetaBuilder()
                .withName("demo")
                .withNamespace("previews")
                .withUid(uid)
                .build());
        cluster.setStatus(status);
        return cluster;
    }
}
