package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;

/** What SandboxClusters of a class get, and what they may be. */
@ApiType
@ValidationRule(
        value = "!has(self.limits) || !has(self.limits.ttl) || !has(self.defaults) || !has(self.defaults.lifetime)"
                + " || !has(self.defaults.lifetime.ttl)"
                + " || duration(self.defaults.lifetime.ttl) <= duration(self.limits.ttl)",
        message = "defaults.lifetime.ttl is longer than limits.ttl")
public record SandboxClusterClassSpec(
        @JsonProperty("default")
        @JsonPropertyDescription(
                "Whether SandboxClusters that name no class are of this one. There may be one such class. Default: false.")
        Boolean isDefault,

        @JsonPropertyDescription("The namespaces whose SandboxClusters may be of this class. Default: all.")
        NamespaceSelector namespaceSelector,

        @JsonPropertyDescription(
                "What a SandboxCluster has that doesn't say otherwise. In controlPlane each field by itself; so in storage"
                        + " and expose, where the SandboxCluster has the same type or none. What is recorded in"
                        + " its status.class.defaults stays when the class changes.")
        ClassDefaults defaults,

        @JsonPropertyDescription("What SandboxClusters may set to other than the defaults.")
        ClassAllow allow,

        @JsonPropertyDescription("What no SandboxCluster exceeds.")
        ClassLimits limits) {

    /** A class that gives nothing, and allows what gives no power. */
    public static final SandboxClusterClassSpec EMPTY = new SandboxClusterClassSpec(null, null, null, null, null);
}
