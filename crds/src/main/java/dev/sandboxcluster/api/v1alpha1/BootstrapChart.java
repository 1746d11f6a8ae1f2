package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** A Helm chart that is installed in a sandbox. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "name": {"maxLength": 53},
                  "namespace": {"maxLength": 63, "default": "default"},
                  "configMap": {"required": ["name", "key"],
                    "properties": {"key": {"description": "The key."}}},
                  "secret": {"required": ["name", "key"],
                    "properties": {"key": {"description": "The key."}, "name": {"x-kubernetes-validations": [
                      {"rule": "!self.endsWith('-pki')",
                       "message": "Secrets whose names end in -pki hold the CA keys of sandboxes"}]}}},
                  "oci": {"maxLength": 512},
                  "version": {"maxLength": 128},
                  "valuesFrom": {"maxItems": 8, "x-kubernetes-list-type": "atomic"},
                  "values": {"maxLength": 65536}}}
                """)
@ValidationRule(
        value = "[has(self.configMap), has(self.secret), has(self.oci)].exists_one(given, given)",
        message = "each of bootstrap.charts has exactly one of configMap, secret and oci")
@ValidationRule(
        value = "!has(self.version) || has(self.oci)",
        message = "version is that of a chart from oci: a packed chart has its own")
public record BootstrapChart(
        @JsonPropertyDescription("Name of the release.")
        @Required
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
        String name,

        @JsonPropertyDescription("Namespace of the release, made if it isn't there. Default: default.")
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        String namespace,

        @JsonPropertyDescription("A ConfigMap of the namespace, and the key with the packed chart.")
        KeySource configMap,

        @JsonPropertyDescription("A Secret of the namespace, and the key with the packed chart.")
        KeySource secret,

        @JsonPropertyDescription(
                "The chart in an OCI registry that needs no credentials, e.g. oci://ghcr.io/example/charts/web, also with"
                        + " @sha256:… at the end.")
        @Pattern("^oci://[a-zA-Z0-9][-a-zA-Z0-9.]*(:[0-9]{1,5})?(/[a-z0-9][-._a-z0-9]*)+(@sha256:[0-9a-f]{64})?$")
        String oci,

        @JsonPropertyDescription("Version of the chart in the registry. Default: the latest.")
        @Pattern("^[0-9A-Za-z][-+.0-9A-Za-z]*$")
        String version,

        @JsonPropertyDescription("Files of values, in this order: later ones win, and values wins over all of them.")
        List<ValuesSource> valuesFrom,

        @JsonPropertyDescription("Values, as YAML.") String values) {

    /** The namespace of the release, also where none is named. */
    public String releaseNamespace() {
        return namespace == null ? "default" : namespace;
    }
}
