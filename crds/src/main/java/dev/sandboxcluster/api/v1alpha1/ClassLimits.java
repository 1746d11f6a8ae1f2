package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Min;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/** What no SandboxCluster of a class exceeds. What isn't set isn't limited. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "hostedWorkerResources": {"maxProperties": 8, "additionalProperties": {"maxLength": 32},
                    "x-kubernetes-validations": [{"rule": "self.all(k, type(self[k]) == int || isQuantity(self[k]))",
                      "message": "must be quantities, such as 500m, 2 or 256Mi"}]},
                  "storageSize": {"maxLength": 32, "x-kubernetes-validations": [
                    {"rule": "isQuantity(self)", "message": "must be a quantity, such as 10Gi"}]},
                  "ttl": {"maxLength": 16, "x-kubernetes-validations": [
                    {"rule": "self.matches('^([0-9]+h)?([0-9]+m)?([0-9]+s)?$') && self != '' && duration(self) >= duration('1m') && duration(self) <= duration('87600h')",
                     "message": "must be a duration from 1m to 87600h, such as 8h or 90m"}]}}}
                """)
public record ClassLimits(
        @JsonPropertyDescription("Of the control plane's container, as in a LimitRange of Kubernetes.")
        Bounds resources,

        @JsonPropertyDescription("The largest volume of a Persistent one: 10Gi.")
        String storageSize,

        @JsonPropertyDescription("How long one lives at most, from its creation: 168h. One without lifetime ends then.")
        String ttl,

        @JsonPropertyDescription("Of all SandboxClusters of the class in a namespace together.")
        NamespaceLimits perNamespace,

        @JsonPropertyDescription("How many simulated workers one has at most. 0: none.") @Min(0)
        Integer maxSimulatedWorkers,

        @JsonPropertyDescription("How many hosted workers one has at most. 0: none.") @Min(0)
        Integer maxHostedWorkers,

        @JsonPropertyDescription(
                "What one hosted worker may use at most, by name of the resource: memory, cpu. One without a limit of it"
                        + " is refused.")
        Map<String, Quantity> hostedWorkerResources) {

    /** No limits. */
    public static final ClassLimits EMPTY = new ClassLimits(null, null, null, null, null, null, null);

    /** Bounds by name of the resource. */
    @ApiType
    @SchemaCustomizer(value = SchemaPatch.class, input = """
                    {"properties": {
                      "min": {"maxProperties": 8, "additionalProperties": {"maxLength": 32},
                        "x-kubernetes-validations": [{"rule": "self.all(k, type(self[k]) == int || isQuantity(self[k]))",
                          "message": "must be quantities, such as 500m, 2 or 256Mi"}]},
                      "max": {"maxProperties": 8, "additionalProperties": {"maxLength": 32},
                        "x-kubernetes-validations": [{"rule": "self.all(k, type(self[k]) == int || isQuantity(self[k]))",
                          "message": "must be quantities, such as 500m, 2 or 256Mi"}]}}}
                    """)
    public record Bounds(
            @JsonPropertyDescription("What is requested at least. One that requests none of it is refused.")
            Map<String, Quantity> min,

            @JsonPropertyDescription(
                    "What is requested, and may be used, at most. One without a limit of it is refused. Resources besides"
                            + " cpu, memory and ephemeral-storage must be named here, or can't be asked for.")
            Map<String, Quantity> max) {

        /** None. */
        public static final Bounds EMPTY = new Bounds(null, null);
    }

    /** Limits of all SandboxClusters of a class in a namespace together. */
    @ApiType
    @SchemaCustomizer(value = SchemaPatch.class, input = """
                    {"properties": {
                      "memory": {"maxLength": 32, "x-kubernetes-validations": [
                        {"rule": "isQuantity(self)", "message": "must be a quantity, such as 8Gi"}]}}}
                    """)
    public record NamespaceLimits(
            @JsonPropertyDescription("How many there may be. One more waits until another is gone.") @Min(0)
            Integer sandboxes,

            @JsonPropertyDescription(
                    "How much memory they may use, by their limits: 8Gi. One that would exceed it waits until others are"
                            + " gone. Suspended ones count too.")
            String memory) {

        /** None. */
        public static final NamespaceLimits EMPTY = new NamespaceLimits(null, null);
    }
}
