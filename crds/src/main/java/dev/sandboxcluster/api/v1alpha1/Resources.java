package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/** Requests and limits of the control plane's container, each a map from resource name to quantity. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "requests": {"maxProperties": 8, "additionalProperties": {"maxLength": 32},
                    "x-kubernetes-validations": [{"rule": "self.all(k, type(self[k]) == int || isQuantity(self[k]))",
                      "message": "must be quantities, such as 500m, 2 or 256Mi"}]},
                  "limits": {"maxProperties": 8, "additionalProperties": {"maxLength": 32},
                    "x-kubernetes-validations": [{"rule": "self.all(k, type(self[k]) == int || isQuantity(self[k]))",
                      "message": "must be quantities, such as 500m, 2 or 256Mi"}]}}}
                """)
public record Resources(
        @JsonPropertyDescription("What the scheduler sets aside.")
        Map<String, Quantity> requests,

        @JsonPropertyDescription("What the container may use at most.")
        Map<String, Quantity> limits) {

    /** Those of a SandboxCluster whose spec and class name none. */
    public static final Resources DEFAULT = new Resources(
            Map.of("cpu", new Quantity("100m"), "memory", new Quantity("256Mi")),
            Map.of("memory", new Quantity("1Gi")));
}
