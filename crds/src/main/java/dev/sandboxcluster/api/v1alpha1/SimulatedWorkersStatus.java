package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** The simulated workers, as the cluster's own API shows them. */
@ApiType
public record SimulatedWorkersStatus(
        @JsonPropertyDescription("How many simulated nodes there are.")
        Integer nodes,

        @JsonPropertyDescription("How many of them are Ready.")
        Integer ready) {}
