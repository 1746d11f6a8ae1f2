package dev.sandboxcluster.operator.capability.workers.external.session;

import static dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts.name;
import static dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts.uid;

import dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which group each node was let into: the record that counts, kept where no node can write. The label on the Node is a
 * copy for schedulers; the credentials that every k3s agent has (system:k3s-controller may patch nodes/status) can set
 * any label of any Node, those of node-restriction.kubernetes.io/ too (tried on v1.33.5).
 */
final class NodeRegistry {

    static final String NAME = "sandboxcluster-nodes";

    private final KubernetesClient sandbox;
    private final Map<String, String> kept;
    private final Map<String, String> current;

    /** Reads the record; one request. */
    NodeRegistry(KubernetesClient sandbox) {
        this.sandbox = sandbox;
        this.kept = Optional.ofNullable(sandbox.configMaps()
                        .inNamespace(JoinTokens.NAMESPACE)
                        .withName(NAME)
                        .get())
                .map(ConfigMap::getData)
                .orElse(Map.of());
        this.current = new TreeMap<>(kept);
    }

    /** The group of this very Node, not of an earlier one of its name. */
    Optional<String> groupOf(Node node) {
        return Optional.ofNullable(current.get(name(node)))
                .filter(entry -> entry.startsWith(uid(node) + "/"))
                .map(entry -> entry.substring(entry.indexOf('/') + 1));
    }

    void record(Node node, String group) {
        current.put(name(node), uid(node) + "/" + group);
    }

    /**
     * Writes what was recorded, without nodes that are gone; nothing if nothing changed.
     *
     * @return names of nodes that are gone since the last time
     */
    Set<String> save(List<Node> nodes) {
        Set<String> present = nodes.stream().map(NodeFacts::name).collect(Collectors.toSet());
        Set<String> gone = current.keySet().stream()
                .filter(name -> !present.contains(name))
                .collect(Collectors.toSet());
        current.keySet().removeAll(gone);
        if (!current.equals(kept)) {
            ConfigMap record = new ConfigMapBuilder()
                    .withNewMetadata()
                    .withName(NAME)
                    .withNamespace(JoinTokens.NAMESPACE)
                    .endMetadata()
                    .withData(current)
                    .build();
            sandbox.resource(record).createOr(existing -> existing.update());
        }
        return gone;
    }
}
