package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import java.util.Map;

/** Exposure through a load balancer of the host cluster, which must pass TCP through unchanged. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "loadBalancerClass": {"maxLength": 253, "pattern": "^[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?$"},
                  "annotations": {"maxProperties": 32, "additionalProperties": {"maxLength": 1024}}}}
                """)
public record LoadBalancer(
        @JsonPropertyDescription(
                "Which of the host cluster's load balancers. Default: the host cluster's own. Cannot be changed as long"
                        + " as expose.type is LoadBalancer.")
        String loadBalancerClass,

        @JsonPropertyDescription(
                "Annotations of the Service, by which load balancers take settings: an address, a pool.")
        Map<String, String> annotations) {}
