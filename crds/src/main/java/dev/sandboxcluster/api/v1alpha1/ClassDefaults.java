package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.ValidationRule;

/** What a SandboxCluster of a class has where its spec says nothing. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {"version": {"x-kubernetes-validations": [
                    {"rule": "int(self.split('.')[1]) >= 32",
                     "message": "must be v1.32 or later: k3s before that cannot limit anonymous requests to health checks"}]}}}
                """)
@ValidationRule(
        value = "!has(self.lifetime) || !has(self.lifetime.expiresAt)",
        message = "defaults.lifetime takes ttl: at expiresAt, all SandboxClusters of the class would end at once")
@ValidationRule(
        value = "!has(self.controlPlane) || !has(self.controlPlane.enable)",
        message = "defaults.controlPlane.enable would need workers, which a SandboxCluster has to ask for itself")
@ValidationRule(
        value = "!has(self.expose) || !has(self.expose.nodePort) || !has(self.expose.nodePort.port)",
        message = "defaults.expose.nodePort.port cannot be a default: only one SandboxCluster can have it")
public record ClassDefaults(
        @JsonPropertyDescription("As in a SandboxCluster.")
        @Pattern("^v1\\.[0-9]{1,3}\\.[0-9]{1,3}(-rc[0-9]{1,2})?-k3s[0-9]{1,2}$")
        String version,

        @JsonPropertyDescription("As in a SandboxCluster; each field is a default by itself.")
        ControlPlane controlPlane,

        @JsonPropertyDescription(
                "As in a SandboxCluster; each field is a default by itself where the SandboxCluster has the same type or"
                        + " none.")
        Storage storage,

        @JsonPropertyDescription(
                "As in a SandboxCluster; each field is a default by itself where the SandboxCluster has the same type or"
                        + " none.")
        Expose expose,

        @JsonPropertyDescription("As in a SandboxCluster, as a whole.")
        Lifetime lifetime) {

    /** No defaults. */
    public static final ClassDefaults EMPTY = new ClassDefaults(null, null, null, null, null);
}
