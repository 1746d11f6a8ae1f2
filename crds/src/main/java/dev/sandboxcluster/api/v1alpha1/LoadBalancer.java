package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import java.util.List;
import java.util.Map;

/** Exposure through a load balancer of the host cluster, which must pass TCP through unchanged. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "loadBalancerClass": {"maxLength": 253, "pattern": "^[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?$"},
                  "annotations": {"maxProperties": 32, "additionalProperties": {"maxLength": 1024},
                    "x-kubernetes-validations": [
                      {"rule": "self.all(k, k.lowerAscii().matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[a-z0-9]([-a-z0-9_.]{0,61}[a-z0-9])?$'))",
                       "message": "must be annotations: a name of at most 63 characters, perhaps behind a DNS name and a slash"}]},
                  "sourceRanges": {"maxItems": 64, "x-kubernetes-list-type": "set", "items": {"type": "string", "maxLength": 43,
                    "x-kubernetes-validations": [{"rule": "isCIDR(self) && cidr(self) == cidr(self).masked()",
                      "message": "must be an address range, such as 192.0.2.0/24"}]}}}}
                """)
public record LoadBalancer(
        @JsonPropertyDescription(
                "Which of the host cluster's load balancers. Default: the host cluster's own. Cannot be changed as long"
                        + " as expose.type is LoadBalancer.")
        String loadBalancerClass,

        @JsonPropertyDescription(
                "Annotations of the Service, by which load balancers take settings: an address, a pool.")
        Map<String, String> annotations,

        @JsonPropertyDescription(
                "Address ranges from which the load balancer lets connections in, where it can. Default: from everywhere."
                        + " The operator, too, dials the published URL: without its address among them, the cluster"
                        + " doesn't become Ready.")
        List<String> sourceRanges,

        @JsonPropertyDescription(
                "Cluster: every node passes connections on. Local: the pod's node alone, and clients' addresses are kept."
                        + " Default: Cluster.")
        TrafficPolicy externalTrafficPolicy) {

    /** Which nodes pass connections from outside on. */
    public enum TrafficPolicy {
        /** Every one. */
        Cluster,
        /** Those that run the pod. */
        Local
    }
}
