package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;

/** From where the cluster's API can be reached. */
@ApiType
@ValidationRule(
        value = "!has(self.nodePort) || (has(self.type) && self.type == 'NodePort')",
        message = "expose.nodePort is only for expose.type NodePort")
@ValidationRule(
        value = "!has(self.loadBalancer) || (has(self.type) && self.type == 'LoadBalancer')",
        message = "expose.loadBalancer is only for expose.type LoadBalancer")
@ValidationRule(
        value =
                "!(has(self.type) && self.type == 'LoadBalancer' && has(oldSelf.type) && oldSelf.type == 'LoadBalancer')"
                        + " || (has(self.loadBalancer) && has(self.loadBalancer.loadBalancerClass)"
                        + " ? self.loadBalancer.loadBalancerClass : '')"
                        + " == (has(oldSelf.loadBalancer) && has(oldSelf.loadBalancer.loadBalancerClass)"
                        + " ? oldSelf.loadBalancer.loadBalancerClass : '')",
        message =
                "expose.loadBalancer.loadBalancerClass cannot be set, changed or removed later: Kubernetes fixes it when"
                        + " the Service gets the type LoadBalancer. Set another expose.type first, or apply a new SandboxCluster")
public record Expose(
        @JsonPropertyDescription(
                "ClusterIP: from pods of the host cluster. NodePort: from everywhere that reaches one of its nodes."
                        + " LoadBalancer: from everywhere that reaches the address of a load balancer."
                        + " Default: ClusterIP.")
        Type type,

        @JsonPropertyDescription("Settings for type NodePort.")
        NodePort nodePort,

        @JsonPropertyDescription("Settings for type LoadBalancer.")
        LoadBalancer loadBalancer) {

    /** The ways to expose the API. */
    public enum Type {
        /** A Service that pods of the host cluster reach. */
        ClusterIP,
        /** A port on every node of the host cluster. */
        NodePort,
        /** An address of the host cluster's load balancer. */
        LoadBalancer
    }
}
