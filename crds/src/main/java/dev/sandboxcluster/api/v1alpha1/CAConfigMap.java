package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;

/** A ConfigMap with the cluster's CA. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {"name": {"maxLength": 253}}}
                """)
public record CAConfigMap(
        @JsonPropertyDescription("Whether there is to be one.") @Required
        Boolean enabled,

        @JsonPropertyDescription("The ConfigMap's name. Default: <name>-ca.")
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
        String name) {

    /** Its only key: PEM. */
    public static final String KEY = "ca.crt";
}
