package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** What is wrong with a node, or with a machine that wanted to become one. */
@ApiType
public record WorkerProblem(
        @JsonPropertyDescription("The node's name.") String node,

        @JsonPropertyDescription("The node's group, where it is known.")
        String group,

        @JsonPropertyDescription("The kubelet's version.") String version,

        @JsonPropertyDescription("When the node was last heard of, where it is not Ready. RFC 3339.")
        String lastSeen,

        @JsonPropertyDescription("One word, from the list in docs/reference.md.")
        String reason,

        @JsonPropertyDescription("What happened and what to do.")
        String message) {}
