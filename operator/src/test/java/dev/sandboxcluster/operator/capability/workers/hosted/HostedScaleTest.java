package dev.sandboxcluster.operator.capability.workers.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostedScaleTest {

    private static final Duration DRAIN = Duration.ofMinutes(5);
    private static final Instant NOW = Instant.parse("2026-11-27T09:00:00Z");

    @Test
    void whatIsTooManyStaysUntilItsNodeIsGone() {
        assertThat(step(1, 3, "hosted-0", "hosted-1", "hosted-2")).isEqualTo(tooMany(3, NOW));
        assertThat(step(1, 3, "hosted-0", "hosted-2")).isEqualTo(tooMany(3, NOW));
        assertThat(step(1, 3, "hosted-0", "hosted-1")).isEqualTo(tooMany(2, NOW));
        assertThat(step(1, 3, "hosted-0")).isEqualTo(HostedScale.Step.to(1));
        assertThat(HostedScale.step(1, 3, Optional.empty(), Optional.empty(), DRAIN, NOW))
                .as("not known which there are")
                .isEqualTo(tooMany(3, NOW));
        assertThat(HostedScale.step(4, 3, Optional.empty(), Optional.of(NOW), DRAIN, NOW))
                .isEqualTo(HostedScale.Step.to(4));
    }

    @Test
    void whoHasHadTimeToBeDrainedEndsWhateverTheSandboxSays() {
        Optional<Instant> almost = Optional.of(NOW.minusSeconds(359));
        Optional<Instant> late = Optional.of(NOW.minusSeconds(360));
        Optional<Set<String>> kept = Optional.of(Set.of("hosted-0", "hosted-1", "hosted-2"));

        assertThat(HostedScale.step(1, 3, kept, almost, DRAIN, NOW)).isEqualTo(tooMany(3, almost.get()));
        assertThat(HostedScale.step(1, 3, kept, late, DRAIN, NOW)).isEqualTo(HostedScale.Step.to(1));
        assertThat(HostedScale.step(1, 3, Optional.empty(), late, DRAIN, NOW)).isEqualTo(HostedScale.Step.to(1));
    }

    @Test
    void allNodesThatAreNotWantedLeaveAlsoThoseWhosePodsAreGone() {
        assertThat(HostedScale.leaving(98)).containsExactly("hosted-98", "hosted-99");
        assertThat(HostedScale.leaving(0)).hasSize(100).startsWith("hosted-0");
    }

    private static HostedScale.Step step(int wanted, int present, String... nodes) {
        return HostedScale.step(wanted, present, Optional.of(Set.of(nodes)), Optional.empty(), DRAIN, NOW);
    }

    private static HostedScale.Step tooMany(int replicas, Instant since) {
        return new HostedScale.Step(replicas, Optional.of(since));
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
