package dev.sandboxcluster.operator.objects;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which sandbox an object belongs to, and what every object of it carries: recommended labels, its name, its owner. */
public record Identity(String name, String namespace, String uid) {

    /** By this label Argo CD takes what no other object owns for its own, and prunes it. */
    public static final String INSTANCE = "app.kubernetes.io/instance";

    private static final String API_VERSION = SandboxCluster.GROUP + "/" + SandboxCluster.VERSION;

    /** That of a SandboxCluster which the API server knows. */
    public static Identity of(SandboxCluster cluster) {
        return new Identity(
                cluster.getMetadata().getName(),
                cluster.getMetadata().getNamespace(),
                cluster.getMetadata().getUid());
    }

    /** The labels of every object. */
    public Map<String, String> labels() {
        return Map.of(
                "app.kubernetes.io/name",
                "k3s",
                "app.kubernetes.io/component",
                "control-plane",
                Labels.MANAGED_BY,
                Labels.OPERATOR,
                Labels.NAME,
                name);
    }

    /** The labels of the pod: the StatefulSet owns it, and other labels would be another pod. */
    public Map<String, String> podLabels() {
        Map<String, String> labels = new TreeMap<>(labels());
        labels.put(INSTANCE, name);
        return labels;
    }

    /** What selects the sandbox's pod. */
    public Map<String, String> podSelector() {
        return Map.of(Labels.NAME, name);
    }

    /** The name of the sandbox's only pod: a StatefulSet numbers its pods from 0. */
    public String podName() {
        return name + "-0";
    }

    /**
     * Metadata of an object that lives and dies with its SandboxCluster. Without {@code blockOwnerDeletion}: it would
     * ask for a permission on finalizers that nothing else needs.
     */
    public ObjectMeta metadata(String objectName) {
        return new ObjectMetaBuilder()
                .withName(objectName)
                .withNamespace(namespace)
                .withLabels(labels())
                .addNewOwnerReference()
                .withApiVersion(API_VERSION)
                .withKind("SandboxCluster")
                .withName(name)
                .withUid(uid)
                .withController(true)
                .endOwnerReference()
                .build();
    }

    /**
     * Metadata of an object without which the sandbox cannot go on.
     *
     * @param retained whether it is to outlive its SandboxCluster: then it has no owner
     */
    public ObjectMeta metadata(String objectName, boolean retained) {
        ObjectMeta metadata = metadata(objectName);
        if (retained) {
            metadata.setOwnerReferences(List.of());
        }
        return metadata;
    }

    /**
     * Whether nobody owns an object that has the labels of this sandbox: it was left by a SandboxCluster of this name
     * that was deleted without it, or put back from a backup. Who may write such an object can write the labels, too.
     */
    public boolean left(HasMetadata object) {
        Map<String, String> labels =
                Optional.ofNullable(object.getMetadata().getLabels()).orElse(Map.of());
        return object.getMetadata().getOwnerReferences().isEmpty()
                && name.equals(labels.get(Labels.NAME))
                && Labels.OPERATOR.equals(labels.get(Labels.MANAGED_BY));
    }
}
