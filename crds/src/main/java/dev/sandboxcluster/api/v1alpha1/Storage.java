package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.ValidationRule;

/** Where the cluster's objects are kept. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "size": {"maxLength": 32, "x-kubernetes-validations": [
                    {"rule": "isQuantity(self) && quantity(self).isGreaterThan(quantity('0'))",
                     "message": "must be a quantity, such as 2Gi"}]},
                  "storageClassName": {"maxLength": 253, "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}}}
                """)
@ValidationRule(
        value = "(has(self.type) && self.type == 'Persistent')"
                + " || !(has(self.size) || has(self.storageClassName) || has(self.retentionPolicy))",
        message = "storage.size, storageClassName and retentionPolicy are only for storage.type Persistent")
public record Storage(
        @JsonPropertyDescription(
                "Ephemeral: with the pod; objects outlive a restart of the container, not the loss of the pod."
                        + " Persistent: on a volume; they outlive the pod, its node and the operator."
                        + " Default: Ephemeral. Cannot be changed.")
        Type type,

        @JsonPropertyDescription("The volume's size. Default: 2Gi. Can grow where the StorageClass allows it.")
        String size,

        @JsonPropertyDescription(
                "The StorageClass of the volume. Default: the host cluster's default class. Cannot be changed.")
        String storageClassName,

        @JsonPropertyDescription(
                "What becomes of the volume, and of the keys without which it is of no use, when the SandboxCluster is"
                        + " deleted. Delete: they go with it. Retain: they stay, and a SandboxCluster of the same name"
                        + " goes on with them. Default: Delete.")
        RetentionPolicy retentionPolicy) {

    /** The size of a volume of which neither spec nor class name one. */
    public static final String DEFAULT_SIZE = "2Gi";

    /** How long the cluster's objects are kept. */
    public enum Type {
        /** As long as the pod. */
        Ephemeral,
        /** As long as the volume. */
        Persistent
    }

    /** What happens to the volume of a deleted SandboxCluster. */
    public enum RetentionPolicy {
        /** It goes with the SandboxCluster. */
        Delete,
        /** It stays until somebody deletes it. */
        Retain
    }
}
