package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.ValidationRule;

/** When the cluster ends by itself. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "expiresAt": {"format": "date-time", "maxLength": 64},
                  "ttl": {"maxLength": 16, "x-kubernetes-validations": [
                    {"rule": "self.matches('^([0-9]+h)?([0-9]+m)?([0-9]+s)?$') && self != '' && duration(self) >= duration('1m') && duration(self) <= duration('87600h')",
                     "message": "must be a duration from 1m to 87600h, such as 8h or 90m"}]}}}
                """)
@ValidationRule(
        value = "has(self.ttl) != has(self.expiresAt)",
        message = "lifetime needs either ttl or expiresAt, and not both")
public record Lifetime(
        @JsonPropertyDescription(
                "How long the cluster lives, from the creation of the SandboxCluster: 8h. Raise it to extend its life.")
        String ttl,

        @JsonPropertyDescription(
                "When the cluster ends, RFC 3339: 2026-01-31T18:00:00Z. Set it to later to extend its life.")
        String expiresAt,

        @JsonPropertyDescription(
                "What happens then. Delete: the SandboxCluster is deleted, and its volume as storage.retentionPolicy says."
                        + " Suspend: as with operatingMode Suspended, until its life is extended. Default: Delete.")
        ExpirationPolicy expirationPolicy) {

    /** What happens to a sandbox whose time is over. */
    public enum ExpirationPolicy {
        /** It is deleted. */
        Delete,
        /** Its control plane is stopped. */
        Suspend
    }
}
