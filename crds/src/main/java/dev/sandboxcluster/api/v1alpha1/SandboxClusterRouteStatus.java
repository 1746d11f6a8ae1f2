package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;

/** Who uses a sandbox. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {"lastUsedAt": {"format": "date-time"}}}
                """)
public record SandboxClusterRouteStatus(
        @JsonPropertyDescription("When somebody was connected last, RFC 3339.")
        String lastUsedAt,

        @JsonPropertyDescription(
                "The generation of the route that was asleep when somebody came. While it is the route's own, somebody"
                        + " waits.")
        Long demandedGeneration) {

    /** Nobody has come yet. */
    public static final SandboxClusterRouteStatus EMPTY = new SandboxClusterRouteStatus(null, null);
}
