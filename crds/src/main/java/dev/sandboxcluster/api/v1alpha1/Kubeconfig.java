package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;

/** The Secret in which the kubeconfig is published. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {"secretName": {"maxLength": 253}, "contextName": {"maxLength": 253}}}
                """)
public record Kubeconfig(
        @JsonPropertyDescription("The Secret's name. Default: <name>-kubeconfig.")
        @Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")
        String secretName,

        @JsonPropertyDescription(
                "The name of the kubeconfig's context; those of its cluster and user begin with it. Default: the"
                        + " SandboxCluster's.")
        @Pattern("^[A-Za-z0-9]([-A-Za-z0-9._@/:]*[A-Za-z0-9])?$")
        String contextName) {}
