package dev.sandboxcluster.operator.capability.workers.external.policy;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a sandbox's Nodes say; whoever may write them may leave out anything. */
public final class NodeFacts {

    private NodeFacts() {}

    /** The name, which another machine's Node may have had before. */
    public static String name(Node node) {
        return node.getMetadata().getName();
    }

    /** What no other Node ever has. */
    public static String uid(Node node) {
        return node.getMetadata().getUid();
    }

    /** The labels; none is none. */
    public static Map<String, String> labels(Node node) {
        return Optional.ofNullable(node.getMetadata().getLabels()).orElse(Map.of());
    }

    /** What the kubelet, or in its silence the control plane, says about the node; empty: nothing yet. */
    public static Optional<NodeCondition> readyCondition(Node node) {
        return Optional.ofNullable(node.getStatus()).stream()
                .flatMap(status -> status.getConditions().stream())
                .filter(condition -> "Ready".equals(condition.getType()))
                .findFirst();
    }

    /** Whether its kubelet says that it takes pods. */
    public static boolean isReady(Node node) {
        return readyCondition(node).filter(NodeFacts::isTrue).isPresent();
    }

    /** What is said about a node that does not take pods; empty: it does, or nothing is said yet. */
    public static Optional<NodeCondition> notReady(Node node) {
        return readyCondition(node).filter(condition -> !isTrue(condition));
    }

    /** Whether its kubelet has not been heard of for so long that the control plane gave it up. */
    public static boolean isSilent(Node node) {
        return readyCondition(node)
                .filter(condition -> "Unknown".equals(condition.getStatus()))
                .isPresent();
    }

    static Optional<Node> named(String name, List<Node> nodes) {
        return nodes.stream().filter(node -> name.equals(name(node))).findFirst();
    }

    private static boolean isTrue(NodeCondition condition) {
        return "True".equals(condition.getStatus());
    }
}
