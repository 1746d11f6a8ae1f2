package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** What runs the cluster's pods. */
@ApiType
public record Workers(
        @JsonPropertyDescription("Machines outside the host cluster that join as nodes.")
        ExternalWorkers external) {}
