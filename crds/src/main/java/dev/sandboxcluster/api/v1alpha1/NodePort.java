package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

/** Exposure through a port on the nodes of the host cluster. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {"hostName": {"maxLength": 253, "x-kubernetes-validations": [
                   {"rule": "isIP(self) || self.matches('^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$')",
                    "message": "must be a DNS name or an IP address, without scheme and port"}]}}}
                """)
public record NodePort(
        @JsonPropertyDescription("The port. Default: one that the host cluster chooses.") @Min(1) @Max(65535)
        Integer port,

        @JsonPropertyDescription(
                "The name or address that the kubeconfig is to use. Default: the address of the node on which the"
                        + " control plane runs.")
        String hostName) {}
