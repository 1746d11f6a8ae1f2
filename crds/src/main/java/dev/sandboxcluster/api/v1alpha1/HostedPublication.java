package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/** A Service of the cluster that can be reached from outside, by a Service of the host cluster, or an Ingress. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "name": {"minLength": 1, "maxLength": 18, "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
                    "x-kubernetes-validations": [
                      {"rule": "self != 'workers'", "message": "must not be workers: <name>-workers are the nodes themselves"}]}}}
                """)
@ValidationRule(
        value = "has(self.ingress) == (has(self.type) && self.type == 'Ingress')",
        message = "type Ingress needs ingress.host, and no other type takes ingress")
public record HostedPublication(
        @JsonPropertyDescription(
                "Name of the host cluster's Service behind the SandboxCluster's and a dash, in its namespace.")
        @Required
        String name,

        @JsonPropertyDescription("The Service of the cluster.") @Required
        Target service,

        @JsonPropertyDescription(
                "ClusterIP: from pods of the host cluster, such as those of its Ingress controller. LoadBalancer: from"
                        + " everywhere that reaches the address of a load balancer. Ingress: by HTTP, under a host name at the"
                        + " host cluster's Ingress controller, as far as the operator's chart allows it"
                        + " (workers.hosted.ingress.hosts). Default: ClusterIP.")
        Type type,

        @JsonPropertyDescription("The Ingress, of type Ingress.")
        PublishedIngress ingress) {

    /** The ways to reach it. */
    public enum Type {
        /** A Service that pods of the host cluster reach. */
        ClusterIP,
        /** An address of the host cluster's load balancer. */
        LoadBalancer,
        /** A host name at the host cluster's Ingress controller. */
        Ingress
    }

    /** Under which name it is reached. */
    @ApiType
    @SchemaCustomizer(value = SchemaPatch.class, input = """
                    {"properties": {
                      "host": {"minLength": 1, "maxLength": 253,
                        "pattern": "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$",
                        "x-kubernetes-validations": [
                          {"rule": "!isIP(self)", "message": "must be a name: an Ingress has no address"}]},
                      "tlsSecretName": {"minLength": 1, "maxLength": 253, "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}}}
                    """)
    public record PublishedIngress(
            @JsonPropertyDescription("The host name. It leads to the Ingress controller by your DNS.") @Required
            String host,

            @JsonPropertyDescription(
                    "Secret of the SandboxCluster's namespace with the certificate for that name; it may be made later,"
                            + " by cert-manager for instance. Default: none, it is plain HTTP.")
            String tlsSecretName) {}

    /** A port of a Service of the cluster. */
    @ApiType
    @SchemaCustomizer(value = SchemaPatch.class, input = """
                    {"properties": {
                      "name": {"minLength": 1, "maxLength": 63, "pattern": "^[a-z]([-a-z0-9]*[a-z0-9])?$"},
                      "namespace": {"minLength": 1, "maxLength": 63, "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}}}
                    """)
    public record Target(
            @JsonPropertyDescription("Its name; it may be made later.") @Required
            String name,

            @JsonPropertyDescription("Its namespace. Default: default.")
            String namespace,

            @JsonPropertyDescription("Its TCP port, by number; the host cluster's Service has the same.")
            @Required
            @Min(1)
            @Max(65535)
            Integer port) {

        /** The namespace where the spec names none. */
        public static final String DEFAULT_NAMESPACE = "default";
    }
}
