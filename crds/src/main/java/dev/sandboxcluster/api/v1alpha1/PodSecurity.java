package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

/** As whom the control plane runs. What else the restricted Pod Security profile asks for cannot be changed. */
@ApiType
public record PodSecurity(
        @JsonPropertyDescription("User id, not 0. Default: 65532.") @Min(1) @Max(2147483647)
        Long runAsUser,

        @JsonPropertyDescription("Group id. Default: 65532.") @Min(0) @Max(2147483647)
        Long runAsGroup,

        @JsonPropertyDescription("Group that may use the volumes. Default: 65532.") @Min(0) @Max(2147483647)
        Long fsGroup) {}
