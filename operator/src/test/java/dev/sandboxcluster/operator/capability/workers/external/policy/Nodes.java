package dev.sandboxcluster.operator.capability.workers.external.policy;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;

/** Nodes as kubelets report them. */
final class Nodes {

    private Nodes() {}

    /** With a {@code Ready} condition of this status. */
    static Node node(String name, String ready) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewStatus()
                .addNewCondition()
                .withType("MemoryPressure")
                .withStatus("False")
                .endCondition()
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready)
                .withLastTransitionTime("2026-03-01T11:00:00Z")
                .withLastHeartbeatTime("2026-03-01T10:59:21Z")
                .endCondition()
                .endStatus()
                .build();
    }

    /** With an address of a type. */
    static Node with(Node node, String type, String address) {
        return new NodeBuilder(node)
                .editStatus()
                .addNewAddress(address, type)
                .endStatus()
                .build();
    }

    static Node withMessage(Node node, String message) {
        return new NodeBuilder(node)
                .editStatus()
                .editMatchingCondition(condition -> condition.getType().equals("Ready"))
                .withMessage(message)
                .endCondition()
                .endStatus()
                .build();
    }

    static Node withVersion(Node node, String version) {
        return new NodeBuilder(node)
                .editStatus()
                .withNewNodeInfo()
                .withKubeletVersion(version)
                .endNodeInfo()
                .endStatus()
                .build();
    }
}
