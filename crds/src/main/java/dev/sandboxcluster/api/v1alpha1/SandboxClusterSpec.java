package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;
import java.util.List;

/**
 * What the user asks for. A field that is left out takes the operator's default; what can be changed later costs a new
 * pod where the control plane has to be started with it.
 */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {"version": {"x-kubernetes-validations": [
                    {"rule": "int(self.split('.')[1]) >= 32",
                     "message": "must be v1.32 or later: k3s before that cannot limit anonymous requests to health checks"}]},
                  "tlsSANs": {"maxItems": 32, "x-kubernetes-list-type": "set", "items": {
                    "type": "string", "maxLength": 253,
                    "x-kubernetes-validations": [
                        {"rule": "!self.contains('*')",
                         "message": "k3s drops wildcard names from its serving certificate: list every name"},
                        {"rule": "isIP(self) || self.matches('^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$')",
                         "message": "must be a DNS name or an IP address, without scheme and port"}]}}}}
                """)
public record SandboxClusterSpec(
        @JsonPropertyDescription(
                "The k3s release, as its image tag: v1.33.5-k3s1. Default: the operator's; a cluster keeps the one it"
                        + " started with.")
        @Pattern("^v1\\.[0-9]{1,3}\\.[0-9]{1,3}(-rc[0-9]{1,2})?-k3s[0-9]{1,2}$")
        String version,

        @JsonPropertyDescription("The pod in which the control plane runs.")
        ControlPlane controlPlane,

        @JsonPropertyDescription("Where the cluster's objects are kept.")
        Storage storage,

        @JsonPropertyDescription("From where the cluster's API can be reached.")
        Expose expose,

        @JsonPropertyDescription("The cluster's own address ranges.")
        Network network,

        @JsonPropertyDescription("The Secret in which the kubeconfig is published.")
        Kubeconfig kubeconfig,

        @JsonPropertyDescription("Further DNS names and IP addresses for the API server's serving certificate.")
        List<String> tlsSANs) {

    /** A spec in which everything is left to the defaults. */
    public static final SandboxClusterSpec EMPTY = new SandboxClusterSpec(null, null, null, null, null, null, null);
}
