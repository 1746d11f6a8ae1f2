package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.ValidationRule;

/** Objects that are applied in a sandbox, as YAML or JSON: one document or several. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "inline": {"minLength": 1, "maxLength": 65536},
                  "secret": {"properties": {"name": {"x-kubernetes-validations": [{"rule": "!self.endsWith('-pki')",
                      "message": "Secrets whose names end in -pki hold the CA keys of sandboxes"}]}}}}}
                """)
@ValidationRule(
        value = "[has(self.configMap), has(self.secret), has(self.inline)].exists_one(given, given)",
        message = "each of bootstrap.manifests has exactly one of configMap, secret and inline")
public record BootstrapManifest(
        @JsonPropertyDescription("A ConfigMap of the namespace.")
        KeySource configMap,

        @JsonPropertyDescription("A Secret of the namespace.")
        KeySource secret,

        @JsonPropertyDescription("The objects themselves.") String inline) {}
