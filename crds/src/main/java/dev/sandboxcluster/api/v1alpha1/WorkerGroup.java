package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.List;
import java.util.Map;

/** A kind of machines. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "name": {"maxLength": 40},
                """ + NodeSchema.LABELS + "," + NodeSchema.TAINTS + "}}")
public record WorkerGroup(
        @JsonPropertyDescription("The group's name: a DNS label. The group default has the Secret <name>-join, another"
                + " one <name>-join-<group>.")
        @Required
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        String name,

        @JsonPropertyDescription("How many nodes the group may have. Default: any number.") @Min(0) @Max(10000)
        Integer maxNodes,

        @JsonPropertyDescription("Labels that the operator sets on the group's nodes. Only those that begin with"
                + " node-restriction.kubernetes.io/ can't be set by a machine of another group itself.")
        Map<String, String> labels,

        @JsonPropertyDescription("Taints that the operator sets on the group's nodes.")
        List<Taint> taints) {}
