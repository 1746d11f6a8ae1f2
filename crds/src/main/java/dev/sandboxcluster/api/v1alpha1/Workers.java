package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** What runs the cluster's pods. */
@ApiType
public record Workers(
        @JsonPropertyDescription("Machines outside the host cluster that join as nodes.")
        ExternalWorkers external,

        @JsonPropertyDescription(
                "Nodes without machines: pods become Ready there and Jobs complete, and no container runs. Turning it on"
                        + " or off restarts the control plane once.")
        SimulatedWorkers simulated,

        @JsonPropertyDescription(
                "Pods of the host cluster that are nodes: pods of the cluster run there. Turning it on or off restarts the"
                        + " control plane once.")
        HostedWorkers hosted) {}
