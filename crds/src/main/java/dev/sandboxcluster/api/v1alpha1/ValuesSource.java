package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.ValidationRule;

/** A file of values for a Helm chart. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "configMap": {"required": ["name", "key"],
                    "properties": {"key": {"description": "The key."}}},
                  "secret": {"required": ["name", "key"],
                    "properties": {"key": {"description": "The key."}, "name": {"x-kubernetes-validations": [
                      {"rule": "!self.endsWith('-pki')",
                       "message": "Secrets whose names end in -pki hold the CA keys of sandboxes"}]}}}}}
                """)
@ValidationRule(
        value = "[has(self.configMap), has(self.secret)].exists_one(given, given)",
        message = "each of valuesFrom has exactly one of configMap and secret")
public record ValuesSource(
        @JsonPropertyDescription("A ConfigMap of the namespace, and the key with the values.")
        KeySource configMap,

        @JsonPropertyDescription("A Secret of the namespace, and the key with the values.")
        KeySource secret) {}
