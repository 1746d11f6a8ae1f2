package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import java.util.Map;

/** Namespaces by their labels. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {"matchLabels": {"maxProperties": 16, "additionalProperties": {"maxLength": 63}}}}
                """)
public record NamespaceSelector(
        @JsonPropertyDescription("Labels that the namespace must have, all of them.")
        Map<String, String> matchLabels) {}
