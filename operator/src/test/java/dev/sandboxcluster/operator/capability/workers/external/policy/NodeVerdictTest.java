package dev.sandboxcluster.operator.capability.workers.external.policy;

import static dev.sandboxcluster.operator.capability.workers.external.policy.Requests.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict.Drain;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict.Observed;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict.Reach;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NodeVerdictTest {

    private static final String SERVER = "v1.33.5+k3s1";
    private static final Optional<Instant> RENEWED = Optional.of(Instant.parse("2026-03-01T11:58:47Z"));
    private static final Optional<String> GPU = Optional.of("gpu");
    private static final Optional<Boolean> REACHED = Optional.of(true);
    private static final Optional<Boolean> LOST = Optional.of(false);
    private static final Drain DRAIN =
            new Drain(NOW.minusSeconds(60), Duration.ofMinutes(5), List.of("b/2", "a/1", "d/4", "c/3"));

    private final Node ready = Nodes.withVersion(Nodes.node("gpu-1", "True"), "v1.33.4+k3s1");

    @Test
    void readyAndNothingElse() {
        assertThat(verdict(ready, REACHED, GPU, Optional.empty()))
                .isEqualTo(new NodeVerdict(
                        "gpu-1", GPU, true, "v1.33.4+k3s1", Optional.empty(), "NodeReady", "The node can be used"));
    }

    @Test
    void nobodyHasTriedTheTunnel() {
        assertThat(verdict(ready, Optional.empty(), GPU, Optional.empty()).reason())
                .isEqualTo("NodeReady");
    }

    static Stream<Arguments> notReady() {
        return Stream.of(
                arguments(
                        Nodes.withMessage(Nodes.node("gpu-1", "Unknown"), "Kubelet stopped posting node status."),
                        "stopped reporting before 2026-03-01T11:00:00Z"),
                arguments(
                        Nodes.withMessage(
                                Nodes.node("gpu-1", "False"),
                                "container runtime network not ready: NetworkReady=false"
                                        + " reason:NetworkPluginNotReady message:Network plugin returns error"),
                        "The network plugin is not ready; with network.flannelBackend: none"),
                arguments(
                        Nodes.withMessage(Nodes.node("gpu-1", "False"), "PLEG is not healthy"),
                        "The kubelet is not ready: PLEG is not healthy"),
                arguments(Nodes.withMessage(Nodes.node("gpu-1", "False"), "x".repeat(1000)), "x".repeat(300) + "…"),
                arguments(
                        new NodeBuilder()
                                .withNewMetadata()
                                .withName("gpu-1")
                                .endMetadata()
                                .build(),
                        "has registered and not yet reported"));
    }

    @ParameterizedTest
    @MethodSource
    void notReady(Node node, String message) {
        NodeVerdict verdict = verdict(node, LOST, GPU, Optional.empty());
        assertThat(verdict.ready()).isFalse();
        assertThat(verdict.reason()).isEqualTo("NodeNotReady");
        assertThat(verdict.message()).contains(message).doesNotContain("exec");
        assertThat(verdict.lastSeen()).contains(Instant.parse("2026-03-01T11:58:00Z"));
    }

    @Test
    void lastSeenWithoutALease() {
        Observed seen = new Observed(Nodes.node("gpu-1", "Unknown"), Optional.empty(), REACHED, GPU, Optional.empty());
        assertThat(NodeVerdict.of(seen, Reach.TUNNEL, SERVER, NOW).lastSeen())
                .contains(Instant.parse("2026-03-01T10:59:00Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "v1.33.5+k3s1, NodeReady",
        "v1.33.9, NodeReady",
        "v1.30.0, NodeReady",
        "1.31.2, NodeReady",
        "v1.29.9, VersionSkew",
        "v1.34.0-alpha.1, VersionSkew",
        "v2.0.0, VersionSkew",
        "v0.33.0, VersionSkew",
        "unknown, NodeReady"
    })
    void versionSkew(String kubelet, String reason) {
        assertThat(verdict(Nodes.withVersion(ready, kubelet), REACHED, GPU, Optional.empty()))
                .extracting(NodeVerdict::reason, NodeVerdict::version)
                .containsExactly(reason, kubelet);
    }

    @Test
    void versionSkewSaysWhichIsNewer() {
        assertThat(verdict(Nodes.withVersion(ready, "v1.34.0"), REACHED, GPU, Optional.empty())
                        .message())
                .contains("v1.34.0 is newer than the API server " + SERVER);
        assertThat(verdict(Nodes.withVersion(ready, "v2.0.0"), REACHED, GPU, Optional.empty())
                        .message())
                .contains("v2.0.0 is newer than the API server " + SERVER);
        assertThat(verdict(Nodes.withVersion(ready, "v1.29.0"), REACHED, GPU, Optional.empty())
                        .message())
                .contains("v1.29.0 is more than 3 minor versions older");
    }

    @Test
    void aVersionIsNotAsLongAsANodeLikes() {
        assertThat(verdict(Nodes.withVersion(ready, "v1.33." + "1".repeat(999)), REACHED, GPU, Optional.empty())
                        .version())
                .hasSize(63);
    }

    @Test
    void unreachable() {
        Observed seen = new Observed(ready, RENEWED, LOST, GPU, Optional.empty());
        assertThat(NodeVerdict.of(seen, Reach.TUNNEL, SERVER, NOW))
                .extracting(NodeVerdict::ready, NodeVerdict::reason)
                .containsExactly(true, "TunnelLost");
        assertThat(NodeVerdict.of(seen, Reach.DIRECT, SERVER, NOW))
                .extracting(NodeVerdict::ready, NodeVerdict::reason)
                .containsExactly(true, "KubeletUnreachable");
    }

    @Test
    void withoutGroup() {
        assertThat(verdict(ready, REACHED, Optional.empty(), Optional.empty()).reason())
                .isEqualTo("NodeWithoutGroup");
    }

    @Test
    void draining() {
        NodeVerdict verdict = verdict(ready, REACHED, GPU, Optional.of(DRAIN));
        assertThat(verdict.reason()).isEqualTo("Draining");
        assertThat(verdict.message()).contains("a/1, b/2, c/3 and 1 more", "2026-03-01T12:04:00Z");
    }

    @Test
    void drainTimedOutToTheSecond() {
        Observed seen = new Observed(ready, RENEWED, REACHED, GPU, Optional.of(DRAIN));
        assertThat(NodeVerdict.of(seen, Reach.TUNNEL, SERVER, DRAIN.end().minusSeconds(1))
                        .reason())
                .isEqualTo("Draining");
        NodeVerdict verdict = NodeVerdict.of(seen, Reach.TUNNEL, SERVER, DRAIN.end());
        assertThat(verdict.reason()).isEqualTo("DrainTimedOut");
        assertThat(verdict.message()).contains("PodDisruptionBudget", "a/1");
    }

    /** The documented order, each with all that follow it. */
    @Test
    void precedence() {
        Node skewed = Nodes.withVersion(ready, "v1.99.0");
        Node silent = Nodes.withVersion(Nodes.node("gpu-1", "Unknown"), "v1.99.0");
        assertThat(verdict(silent, LOST, Optional.empty(), Optional.of(DRAIN)).reason())
                .isEqualTo("Draining");
        assertThat(verdict(silent, LOST, Optional.empty(), Optional.empty()).reason())
                .isEqualTo("NodeNotReady");
        assertThat(verdict(skewed, LOST, Optional.empty(), Optional.empty()).reason())
                .isEqualTo("NodeWithoutGroup");
        NodeVerdict lost = verdict(skewed, LOST, GPU, Optional.empty());
        assertThat(lost.reason()).isEqualTo("TunnelLost");
        assertThat(lost.message()).contains("restart the agent. Its kubelet v1.99.0");
    }

    private static NodeVerdict verdict(
            Node node, Optional<Boolean> reachable, Optional<String> group, Optional<Drain> drain) {
        return NodeVerdict.of(new Observed(node, RENEWED, reachable, group, drain), Reach.TUNNEL, SERVER, NOW);
    }
}
