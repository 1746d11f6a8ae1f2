package dev.sandboxcluster.operator.capability.workers.external.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.capability.workers.external.join.JoinToken;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan.Group;
import dev.sandboxcluster.operator.capability.workers.external.policy.JoinProof;
import dev.sandboxcluster.operator.capability.workers.external.session.JoinTokens.Kept;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeGroupsTest {

    private static final Group GPU = new Group(
            "gpu",
            Optional.empty(),
            Map.of("accelerator", "yes"),
            List.of(new Taint("NoSchedule", "gpu", null, "true")));
    private static final Group BUILD = new Group("build", Optional.empty(), Map.of(), List.of());
    private static final Kept GPU_TOKEN = new Kept(
            "bootstrap-token-aaaaaa",
            "gpu",
            "e",
            new JoinToken("aaaaaa", "0123456789abcdef", Instant.parse("2026-11-24T00:00:00Z")));

    @Test
    void withOneGroupEveryAgentIsInIt() {
        assertThat(groups(Bootstrap.K3sAgent, GPU).proven(node("a", Map.of()))).contains(GPU);
    }

    @Test
    void withSeveralAnAgentMustProveItsGroup() {
        NodeGroups groups = groups(Bootstrap.K3sAgent, GPU, BUILD);
        String proof = JoinProof.label("aaaaaa", "0123456789abcdef", "a");

        assertThat(groups.proven(node("a", Map.of(Labels.JOIN_PROOF, proof)))).contains(GPU);
        assertThat(groups.proven(node("a", Map.of()))).isEmpty();
        assertThat(groups.proven(node("b", Map.of(Labels.JOIN_PROOF, proof)))).isEmpty();
    }

    @Test
    void aPlainKubeletWithoutAnApprovedRequestIsInNone() {
        assertThat(groups(Bootstrap.KubeletTLS, GPU).proven(node("a", Map.of())))
                .isEmpty();
    }

    @Test
    void aNodeGetsTheGroupsLabelsAndTaintsAndKeepsItsOwn() {
        Node joined = new NodeBuilder(node("a", Map.of("mine", "1", Labels.JOIN_PROOF, "x")))
                .withNewSpec()
                .addToTaints(new Taint("NoExecute", "mine", null, "x"), new Taint("NoSchedule", "gpu", null, "old"))
                .endSpec()
                .build();

        NodeGroups groups = groups(Bootstrap.K3sAgent, GPU, BUILD);
        Node settled = groups.inGroup(joined, GPU);

        assertThat(settled.getMetadata().getLabels())
                .containsOnly(
                        Map.entry("mine", "1"),
                        Map.entry("accelerator", "yes"),
                        Map.entry("node-restriction.kubernetes.io/sandboxcluster-group", "gpu"));
        assertThat(settled.getSpec().getTaints())
                .containsExactly(
                        new Taint("NoExecute", "mine", null, "x"), new Taint("NoSchedule", "gpu", null, "true"));
        assertThat(groups.inGroup(settled, GPU)).isEqualTo(settled);
    }

    @Test
    void aNodeLosesWhatIsAnotherGroups() {
        Node greedy = new NodeBuilder(node("a", Map.of("accelerator", "yes", Labels.NODE_GROUP, "gpu")))
                .withNewSpec()
                .endSpec()
                .build();

        assertThat(groups(Bootstrap.K3sAgent, GPU, BUILD)
                        .inGroup(greedy, BUILD)
                        .getMetadata()
                        .getLabels())
                .containsOnly(Map.entry(Labels.NODE_GROUP, "build"));
    }

    @Test
    void aNodeThatIsInNoGroupHasNoneOfTheirLabels() {
        Map<String, String> own = Map.of("mine", "1", Labels.JOIN_PROOF, "x");
        Map<String, String> greedy = new HashMap<>(own);
        greedy.putAll(Map.of("accelerator", "yes", Labels.NODE_GROUP, "gpu"));
        NodeGroups groups = groups(Bootstrap.K3sAgent, GPU, BUILD);

        Node settled = groups.inNone(node("a", greedy));

        assertThat(settled.getMetadata().getLabels()).isEqualTo(own);
        assertThat(groups.inNone(settled)).isEqualTo(settled);
    }

    private static NodeGroups groups(Bootstrap bootstrap, Group... groups) {
        return new NodeGroups(
                new WorkerPlan(
                        new SandboxAccess(URI.create("https://demo"), null, "", "", ""),
                        bootstrap,
                        "192.0.2.1",
                        443,
                        "v1.33.5+k3s1",
                        Duration.ofDays(1),
                        Optional.empty(),
                        Duration.ofMinutes(5),
                        List.of(groups),
                        Map.of(),
                        Set.of(),
                        Set.of(),
                        List.of(),
                        ""),
                List.of(GPU_TOKEN),
                List.of());
    }

    private static Node node(String name, Map<String, String> labels) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build();
    }
}
