package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;

/** What is in a ConfigMap or a Secret of the namespace. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {"name": {"maxLength": 253}, "key": {"maxLength": 253}}}
                """)
public record KeySource(
        @JsonPropertyDescription("Its name.")
        @Required
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
        String name,

        @JsonPropertyDescription("One of its keys. Default: all, in the order of their names.")
        @Pattern("^[-._A-Za-z0-9]+$")
        String key) {}
