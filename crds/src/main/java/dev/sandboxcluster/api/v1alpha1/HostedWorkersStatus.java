package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** The hosted workers, as the cluster's own API shows them. */
@ApiType
public record HostedWorkersStatus(
        @JsonPropertyDescription("How many hosted nodes there are.")
        Integer nodes,

        @JsonPropertyDescription("How many of them are Ready.")
        Integer ready) {}
