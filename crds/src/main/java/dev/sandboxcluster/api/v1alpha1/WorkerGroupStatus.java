package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;

/** The nodes of one group. */
@ApiType
public record WorkerGroupStatus(
        @JsonPropertyDescription("The group's name.") String name,

        @JsonPropertyDescription("The Secret with what a machine needs to join the group.")
        String joinSecret,

        @JsonPropertyDescription("When the token in that Secret expires; it is replaced before. RFC 3339.")
        String tokenExpiresAt,

        @JsonPropertyDescription("How many nodes have joined.")
        Integer nodes,

        @JsonPropertyDescription("How many of them are Ready.")
        Integer ready,

        @JsonPropertyDescription("The versions of their kubelets.")
        List<String> versions) {}
