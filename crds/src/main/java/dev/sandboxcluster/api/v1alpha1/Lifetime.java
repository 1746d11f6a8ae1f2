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
                     "message": "must be a duration from 1m to 87600h, such as 8h or 90m"}]},
                  "dozeAfter": {"maxLength": 16, "x-kubernetes-validations": [
                    {"rule": "self == '0s' || self.matches('^([0-9]+h)?([0-9]+m)?([0-9]+s)?$') && self != '' && duration(self) >= duration('10s') && duration(self) <= duration('8760h')",
                     "message": "must be a duration from 10s to 8760h, such as 10m, or 0s for never"}]},
                  "suspendAfterIdle": {"maxLength": 16, "x-kubernetes-validations": [
                    {"rule": "self == '0s' || self.matches('^([0-9]+h)?([0-9]+m)?([0-9]+s)?$') && self != '' && duration(self) >= duration('10s') && duration(self) <= duration('8760h')",
                     "message": "must be a duration from 10s to 8760h, such as 2h, or 0s for never"}]},
                  "deleteAfterIdle": {"maxLength": 16, "x-kubernetes-validations": [
                    {"rule": "self == '0s' || self.matches('^([0-9]+h)?([0-9]+m)?([0-9]+s)?$') && self != '' && duration(self) >= duration('1m') && duration(self) <= duration('87600h')",
                     "message": "must be a duration from 1m to 87600h, such as 72h, or 0s for never"}]}}}
                """)
@ValidationRule(
        value = "!has(self.ttl) || !has(self.expiresAt)",
        message = "lifetime takes either ttl or expiresAt, and not both")
@ValidationRule(
        value = "has(self.ttl) || has(self.expiresAt) || has(self.expirationPolicy) || has(self.dozeAfter)"
                + " || has(self.suspendAfterIdle) || has(self.deleteAfterIdle)",
        message = "lifetime needs ttl or expiresAt, or one of dozeAfter, suspendAfterIdle and deleteAfterIdle")
@ValidationRule(
        value = "!has(self.expirationPolicy) || has(self.ttl) || has(self.expiresAt)",
        message = "lifetime.expirationPolicy needs ttl or expiresAt")
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
        ExpirationPolicy expirationPolicy,

        @JsonPropertyDescription(
                "After how long without a connection the cluster dozes: its processes are stopped, cost no CPU, and go on at"
                        + " the next connection, within a fraction of a second. For expose.type Router. 0s: never. Default: never.")
        String dozeAfter,

        @JsonPropertyDescription(
                "After how long without a connection the control plane is stopped, with its pod; it is started again at the"
                        + " next connection, within seconds. For expose.type Router and storage.type Persistent. 0s: never."
                        + " Default: never.")
        String suspendAfterIdle,

        @JsonPropertyDescription(
                "After how long without a connection the SandboxCluster is deleted. For expose.type Router. 0s: never."
                        + " Default: never.")
        String deleteAfterIdle) {

    /** What happens to a sandbox whose time is over. */
    public enum ExpirationPolicy {
        /** It is deleted. */
        Delete,
        /** Its control plane is stopped. */
        Suspend
    }
}
