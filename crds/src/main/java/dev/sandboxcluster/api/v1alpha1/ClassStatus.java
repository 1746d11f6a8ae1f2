package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;

/**
 * What a SandboxCluster has of its class. The defaults were validated where they come from: of their schema this one has
 * what rules on SandboxClusters read.
 */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "outdated": {"x-kubernetes-list-type": "atomic"},
                  "defaults": {"properties": {"storage": {"type": "object", "x-kubernetes-preserve-unknown-fields": true,
                    "properties": {
                      "type": {"type": "string", "maxLength": 16},
                      "size": {"type": "string", "maxLength": 32},
                      "storageClassName": {"type": "string", "maxLength": 253}}}}}}}
                """)
public record ClassStatus(
        @JsonPropertyDescription("The class's name.") String name,

        @JsonPropertyDescription("The class's generation when its defaults were taken.")
        Long generation,

        @JsonPropertyDescription("The last generation of the SandboxCluster's spec that the class allowed.")
        Long acceptedGeneration,

        @JsonPropertyDescription(
                "The value of the annotation sandboxcluster.dev/take-class-defaults that was followed.")
        String takenFor,

        @JsonPropertyDescription("How much memory it counts for in the namespace's limit.")
        Quantity memory,

        @JsonPropertyDescription(
                "The class's defaults as they were when they were taken. They stay when the class changes.")
        @PreserveUnknownFields
        @SchemaFrom(type = Kept.class)
        ClassDefaults defaults,

        @JsonPropertyDescription("The fields that would change if the class's present defaults were taken.")
        List<String> outdated) {

    /** For the generator: an object whose fields are kept, whatever they are. */
    record Kept() {}
}
