package dev.sandboxcluster.operator.capability.workers.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostedScaleTest {

    private static final Instant NOW = Instant.parse("2026-11-27T09:00:00Z");

    @Test
    void whatIsTooManyStaysUntilItsNodeIsGone() {
        assertThat(HostedScale.leaving(1, 3)).containsExactly("hosted-1", "hosted-2");
        assertThat(HostedScale.leaving(3, 1)).isEmpty();

        assertThat(HostedScale.replicas(1, 3, Optional.of(Set.of("hosted-0", "hosted-1", "hosted-2"))))
                .isEqualTo(3);
        assertThat(HostedScale.replicas(1, 3, Optional.of(Set.of("hosted-0", "hosted-2"))))
                .isEqualTo(3);
        assertThat(HostedScale.replicas(1, 3, Optional.of(Set.of("hosted-0", "hosted-1"))))
                .isEqualTo(2);
        assertThat(HostedScale.replicas(1, 3, Optional.of(Set.of("hosted-0")))).isEqualTo(1);
        assertThat(HostedScale.replicas(1, 3, Optional.empty())).isEqualTo(3);
        assertThat(HostedScale.replicas(4, 3, Optional.empty())).isEqualTo(4);
    }

    @Test
    void aNodeThatSomebodyDeletedJoinsAnew() {
        Map<String, Instant> asked = rejoin(Set.of("hosted-0"), Map.of(), NOW.minusSeconds(100));
        assertThat(asked).containsExactly(Map.entry("hosted-1", NOW));

        assertThat(HostedScale.rejoin(
                        List.of("hosted-0", "hosted-1"),
                        Set.of("hosted-0"),
                        List.of(pod(1, NOW.minusSeconds(100))),
                        asked,
                        NOW.plusSeconds(60)))
                .as("once in a while")
                .isEqualTo(asked);
        assertThat(rejoin(Set.of("hosted-0"), Map.of(), NOW.minusSeconds(30)))
                .as("it may be on its way")
                .isEmpty();
        assertThat(rejoin(Set.of("hosted-0", "hosted-1"), asked, NOW.minusSeconds(100)))
                .as("what a pod has read once stays")
                .isEqualTo(asked);
    }

    private static Map<String, Instant> rejoin(Set<String> nodes, Map<String, Instant> before, Instant since) {
        return HostedScale.rejoin(
                List.of("hosted-0", "hosted-1"), nodes, List.of(pod(0, since), pod(1, since)), before, NOW);
    }

    private static Pod pod(int ordinal, Instant since) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("demo-workers-" + ordinal)
                .endMetadata()
                .withNewStatus()
                .addNewContainerStatus()
                .withName("agent")
                .withNewState()
                .withNewRunning()
                .withStartedAt(since.toString())
                .endRunning()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }
}
