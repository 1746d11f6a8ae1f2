package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How a simulated Node is, and what of it stays when it is to be another. */
class NodeTemplateTest {

    private static final Taint OWN = new Taint("NoSchedule", "own", null, "a");
    private static final NodeTemplate FIRST = template(Map.of("zone", "a", "tier", "b"), List.of(OWN));

    private static NodeTemplate template(Map<String, String> labels, List<Taint> taints) {
        return new NodeTemplate(Map.of("cpu", new Quantity("8")), labels, taints, "arm64", "v1.33.5+k3s1");
    }

    @Test
    void itSaysWhatItIs() {
        Node node = FIRST.node("simulated-1");

        assertThat(node.getMetadata().getLabels())
                .containsEntry("sandboxcluster.dev/simulated", "true")
                .containsEntry("sandboxcluster.dev/simulated-as", FIRST.hash())
                .containsEntry("kubernetes.io/hostname", "simulated-1")
                .containsEntry("kubernetes.io/arch", "arm64")
                .containsEntry("node.kubernetes.io/instance-type", "simulated")
                .containsEntry("zone", "a");
        assertThat(node.getMetadata().getAnnotations()).containsEntry("kwok.x-k8s.io/node", "fake");
        assertThat(node.getSpec().getTaints()).containsExactly(OWN);
        assertThat(node.getStatus().getAllocatable()).isEqualTo(FIRST.capacity());
        assertThat(node.getStatus().getNodeInfo().getKubeletVersion()).isEqualTo("v1.33.5+k3s1");
        assertThat(node.getStatus().getConditions()).isEmpty();
        assertThat(NodeTemplate.isReady(node)).isFalse();
        assertThat(node.getStatus().getAddresses())
                .containsExactly(
                        new NodeAddress("198.19.0.1", "InternalIP"), new NodeAddress("simulated-1", "Hostname"));
    }

    @Test
    void oneThatIsMadeLikeAnotherIsReadyAsThatOneIs() {
        Node model = new NodeBuilder(template(Map.of("other", "x"), List.of()).node("simulated-1"))
                .editMetadata()
                .withUid("u-1")
                .endMetadata()
                .editStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .editNodeInfo()
                .withBootID("u-1")
                .withArchitecture("amd64")
                .withOsImage("simulated")
                .endNodeInfo()
                .endStatus()
                .build();

        Node node = FIRST.like(model, "simulated-700");

        assertThat(NodeTemplate.isReady(node)).isTrue();
        assertThat(node.getMetadata()).isEqualTo(FIRST.node("simulated-700").getMetadata());
        assertThat(node.getSpec()).isEqualTo(FIRST.node("simulated-700").getSpec());
        assertThat(node.getStatus().getCapacity()).isEqualTo(FIRST.capacity());
        assertThat(node.getStatus().getAddresses())
                .isEqualTo(FIRST.node("simulated-700").getStatus().getAddresses());
        assertThat(node.getStatus().getNodeInfo()).satisfies(info -> {
            assertThat(info.getArchitecture()).isEqualTo("arm64");
            assertThat(info.getOsImage()).isEqualTo("simulated");
            assertThat(info.getBootID()).isNotEqualTo("u-1").isNotEmpty();
        });
        assertThat(FIRST.like(FIRST.node("simulated-1"), "simulated-2")).isEqualTo(FIRST.node("simulated-2"));
    }

    @Test
    void whatOthersSetStaysAndWhatTheOperatorSetGoes() {
        Taint foreign = new Taint("NoExecute", "foreign", null, null);
        Node present = new NodeBuilder(FIRST.node("simulated-1"))
                .editMetadata()
                .addToLabels("mine", "yes")
                .endMetadata()
                .editSpec()
                .addToTaints(foreign)
                .withUnschedulable(true)
                .endSpec()
                .build();
        NodeTemplate second = template(Map.of("zone", "c"), List.of(new Taint("NoSchedule", "own", null, "b")));

        Node changed = second.metadata(present);

        assertThat(changed.getMetadata().getLabels())
                .containsEntry("zone", "c")
                .containsEntry("mine", "yes")
                .doesNotContainKey("tier");
        assertThat(changed.getSpec().getTaints())
                .containsExactlyInAnyOrder(foreign, new Taint("NoSchedule", "own", null, "b"));
        assertThat(changed.getSpec().getUnschedulable()).isTrue();
        assertThat(second.metadata(changed)).isEqualTo(changed);
    }

    @Test
    void whatSomebodyWroteInPlaceOfItsMemoryDoesNoHarm() {
        for (String memory : List.of(
                "",
                "{",
                "[]",
                "{}",
                "{\"labels\": null, \"taints\": [null]}",
                "{\"labels\": [null], \"taints\": []}",
                "{\"labels\": [], \"taints\": [null]}",
                "{\"labels\": [{}], \"taints\": []}")) {
            Node edited = new NodeBuilder(FIRST.node("simulated-1"))
                    .editMetadata()
                    .addToAnnotations("sandboxcluster.dev/simulated-with", memory)
                    .endMetadata()
                    .build();

            assertThat(FIRST.metadata(edited).getSpec().getTaints()).containsExactly(OWN);
        }
    }

    @Test
    void anotherOneHasAnotherHash() {
        assertThat(template(Map.of("zone", "a", "tier", "b"), List.of(OWN)).hash())
                .isEqualTo(FIRST.hash());
        assertThat(template(Map.of("zone", "a"), List.of(OWN)).hash()).isNotEqualTo(FIRST.hash());
        assertThat(NodeTemplate.names(3)).containsExactly("simulated-1", "simulated-2", "simulated-3");
        assertThat(NodeTemplate.names(0)).isEmpty();
    }
}
