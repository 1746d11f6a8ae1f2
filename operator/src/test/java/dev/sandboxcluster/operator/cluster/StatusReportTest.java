package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.Golden;
import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.objects.Situation;
import io.fabric8.kubernetes.api.model.EventList;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a SandboxCluster says about itself: from its last status and what the operator sees, the next status. */
class StatusReportTest {

    private static final Instant NOW = Instant.parse("2026-11-26T10:00:00.700Z");

    static Stream<Path> cases() {
        return Golden.cases("status");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void status(Path directory) {
        SandboxCluster cluster = Golden.read(directory, "in-cluster.yaml", SandboxCluster.class);
        Seen seen = Golden.read(directory, "in-seen.yaml", Seen.class);
        SandboxClusterStatus status = seen.failure() != null
                ? StatusReport.failed(previous(cluster), cluster.getMetadata().getGeneration(), seen.failure(), NOW)
                : of(directory, cluster, seen);

        // The hash of keys that were made for this test.
        String yaml = Serialization.asYaml(status).replace(Seen.KEYS.caHash(), "that of the keys");
        Golden.check(directory, "out-status.yaml", Serialization.unmarshal(yaml, SandboxClusterStatus.class));
    }

    private static SandboxClusterStatus of(Path directory, SandboxCluster cluster, Seen seen) {
        Situation situation =
                Situation.of(cluster, previous(cluster), Golden.readIfThere(directory, "in-pod.yaml", Pod.class), NOW);
        Settings settings = Settings.of(
                cluster,
                cluster.getSpec(),
                previous(cluster),
                OperatorConfig.from(Map.of()),
                Optional.empty(),
                Optional.empty());
        return StatusReport.of(
                situation,
                settings,
                seen.results(
                        situation,
                        settings,
                        Golden.readIfThere(directory, "in-claim.yaml", PersistentVolumeClaim.class),
                        Golden.readIfThere(directory, "in-events.yaml", EventList.class)
                                .map(EventList::getItems)
                                .orElse(List.of())));
    }

    private static SandboxClusterStatus previous(SandboxCluster cluster) {
        return Optional.ofNullable(cluster.getStatus()).orElse(SandboxClusterStatus.EMPTY);
    }
}
