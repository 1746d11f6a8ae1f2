package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;

/** From where the cluster's API can be reached. */
@ApiType
@ValidationRule(
        value = "!has(self.nodePort) || (has(self.type) && self.type in ['NodePort', 'Router'])",
        message = "expose.nodePort is only for expose.type NodePort, and for workers with Router")
@ValidationRule(
        value = "!has(self.loadBalancer) || (has(self.type) && self.type in ['LoadBalancer', 'Router'])",
        message = "expose.loadBalancer is only for expose.type LoadBalancer, and for workers with Router")
@ValidationRule(
        value = "!has(self.nodePort) || !has(self.loadBalancer)",
        message = "expose takes nodePort or loadBalancer, and not both")
@ValidationRule(
        value = "![self, oldSelf].all(one, has(one.type) && (one.type == 'LoadBalancer'"
                + " || one.type == 'Router' && has(one.loadBalancer)))"
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
                        + " Router: at the address that all sandboxes share, if the operator's chart has a router."
                        + " Default: ClusterIP.")
        Type type,

        @JsonPropertyDescription(
                "Settings for type NodePort. With type Router: a node port at which external workers join.")
        NodePort nodePort,

        @JsonPropertyDescription(
                "Settings for type LoadBalancer. With type Router: a load balancer at which external workers join.")
        LoadBalancer loadBalancer) {

    /** The ways to expose the API. */
    public enum Type {
        /** A Service that pods of the host cluster reach. */
        ClusterIP,
        /** A port on every node of the host cluster. */
        NodePort,
        /** An address of the host cluster's load balancer. */
        LoadBalancer,
        /** The router's address, by TLS server name. */
        Router
    }
}
