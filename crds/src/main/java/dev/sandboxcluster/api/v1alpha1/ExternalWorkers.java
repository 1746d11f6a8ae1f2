package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Machines anywhere that join the cluster as nodes, with what the Secret {@code <name>-join} holds. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "tokenTTL": {"maxLength": 16, "x-kubernetes-validations": [
                    {"rule": "self.matches('^([0-9]+h)?([0-9]+m)?([0-9]+s)?$') && self != '' && duration(self) >= duration('1m') && duration(self) <= duration('8760h')",
                     "message": "must be a duration from 1m to 8760h, such as 24h or 90m"}]},
                  "removeNotReadyAfter": {"maxLength": 16, "x-kubernetes-validations": [
                    {"rule": "self.matches('^([0-9]+h)?([0-9]+m)?([0-9]+s)?$') && self != '' && duration(self) >= duration('1m') && duration(self) <= duration('8760h')",
                     "message": "must be a duration from 1m to 8760h, such as 30m"}]},
                  "drainTimeout": {"maxLength": 16, "x-kubernetes-validations": [
                    {"rule": "self.matches('^([0-9]+h)?([0-9]+m)?([0-9]+s)?$') && self != '' && duration(self) >= duration('1s') && duration(self) <= duration('24h')",
                     "message": "must be a duration from 1s to 24h, such as 5m"}]},
                  "groups": {"maxItems": 16, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}}}
                """)
@ValidationRule(
        value = "!self.enabled || !oldSelf.enabled"
                + " || (has(self.bootstrap) ? self.bootstrap : 'K3sAgent')"
                + " == (has(oldSelf.bootstrap) ? oldSelf.bootstrap : 'K3sAgent')",
        message = "workers.external.bootstrap cannot be changed while external workers are enabled:"
                + " the nodes that have joined would be lost")
public record ExternalWorkers(
        @JsonPropertyDescription("Whether machines may join. Turning it on or off restarts the control plane once.")
        @Required
        Boolean enabled,

        @JsonPropertyDescription(
                "K3sAgent: machines run 'k3s agent', and need no open port. KubeletTLS: machines run a kubelet,"
                        + " kube-proxy and CNI of your own, join by Kubernetes's TLS bootstrapping, and must be"
                        + " reachable at port 10250 for logs and exec. Default: K3sAgent.")
        Bootstrap bootstrap,

        @JsonPropertyDescription(
                "How long a join token is valid. The operator replaces it after two thirds. Default: 24h.")
        String tokenTTL,

        @JsonPropertyDescription("Nodes that stay NotReady for this long are removed. Default: never.")
        String removeNotReadyAfter,

        @JsonPropertyDescription("How long the eviction of a node's pods may take when it is removed. Default: 5m.")
        String drainTimeout,

        @JsonPropertyDescription("Kinds of machines, each with a token of its own. Default: one group named default.")
        List<WorkerGroup> groups) {

    /** How machines become nodes. */
    public enum Bootstrap {
        /** By k3s's own agent. */
        K3sAgent,
        /** By a kubelet's TLS bootstrapping. */
        KubeletTLS
    }
}
