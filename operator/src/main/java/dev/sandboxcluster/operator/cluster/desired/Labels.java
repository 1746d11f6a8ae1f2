package dev.sandboxcluster.operator.cluster.desired;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What every object of a SandboxCluster carries: recommended labels, the name of its cluster, its owner. */
public final class Labels {

    /** The name of the SandboxCluster an object belongs to. */
    public static final String NAME = SandboxCluster.GROUP + "/name";

    /** Selects the objects that the operator has written, and the pods that run for it. */
    public static final String SELECTOR = "app.kubernetes.io/managed-by=sandboxcluster-operator";

    private static final String API_VERSION = SandboxCluster.GROUP + "/" + SandboxCluster.VERSION;

    private Labels() {}

    static Map<String, String> of(Blueprint blueprint) {
        return Map.of(
                "app.kubernetes.io/name",
                "k3s",
                "app.kubernetes.io/instance",
                blueprint.name(),
                "app.kubernetes.io/component",
                "control-plane",
                "app.kubernetes.io/managed-by",
                "sandboxcluster-operator",
                NAME,
                blueprint.name());
    }

    static Map<String, String> podSelector(Blueprint blueprint) {
        return Map.of(NAME, blueprint.name());
    }

    /** Metadata of an object without which the cluster cannot go on: without an owner where it is to be retained. */
    static ObjectMeta keptMetadata(Blueprint blueprint, String name) {
        ObjectMeta metadata = metadata(blueprint, name);
        if (blueprint.retained()) {
            metadata.setOwnerReferences(List.of());
        }
        return metadata;
    }

    /**
     * Whether an object that nobody owns was left by a SandboxCluster of this name that retained it, or was put back in
     * its place by somebody who said so by this label.
     */
    public static boolean isKept(HasMetadata object, Blueprint blueprint) {
        return object.getMetadata().getOwnerReferences().isEmpty()
                && blueprint
                        .name()
                        .equals(Optional.ofNullable(object.getMetadata().getLabels())
                                .map(labels -> labels.get(NAME))
                                .orElse(null));
    }

    /**
     * Metadata of an object that lives and dies with its SandboxCluster. Without {@code blockOwnerDeletion}: it would
     * ask for a permission on finalizers that nothing else needs.
     */
    public static ObjectMeta metadata(Blueprint blueprint, String name) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(blueprint.namespace())
                .withLabels(of(blueprint))
                .addNewOwnerReference()
                .withApiVersion(API_VERSION)
                .withKind("SandboxCluster")
                .withName(blueprint.name())
                .withUid(blueprint.uid())
                .withController(true)
                .endOwnerReference()
                .build();
    }
}
