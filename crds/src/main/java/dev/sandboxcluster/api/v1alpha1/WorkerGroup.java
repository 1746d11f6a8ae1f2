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
                  "labels": {"maxProperties": 32,
                    "additionalProperties": {"maxLength": 63},
                    "x-kubernetes-validations": [
                      {"rule": "self.all(k, k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$') && self[k].matches('^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$'))",
                       "message": "must be labels: a name of at most 63 characters, perhaps behind a DNS name and a slash, and a value of at most 63"},
                      {"rule": "self.all(k, !k.contains('/') || k.startsWith('node-restriction.kubernetes.io/') || !k.matches('^([^/]*[.])?(kubernetes|k8s)[.]io/') && !k.startsWith('sandboxcluster.dev/'))",
                       "message": "labels of kubernetes.io, k8s.io and sandboxcluster.dev are not yours to set, but for those that begin with node-restriction.kubernetes.io/"}]},
                  "taints": {"maxItems": 16, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["key", "effect"],
                    "items": {"properties": {
                      "key": {"maxLength": 316, "pattern": "^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"},
                      "value": {"maxLength": 63, "pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"},
                      "effect": {"enum": ["NoSchedule", "PreferNoSchedule", "NoExecute"]}},
                      "required": ["key", "effect"]}}}}
                """)
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
