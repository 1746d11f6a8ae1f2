package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;

/** The external workers, as the cluster's own API shows them. */
@ApiType
public record WorkersStatus(
        @JsonPropertyDescription("The address and port at which machines join: what the cluster's own endpoint says.")
        String endpoint,

        @JsonPropertyDescription("How many nodes there are.")
        Integer nodes,

        @JsonPropertyDescription("How many of them are Ready.")
        Integer ready,

        @JsonPropertyDescription("The nodes by group.") List<WorkerGroupStatus> groups,

        @JsonPropertyDescription("Nodes that need attention, and requests that were refused lately; 50 at most.")
        List<WorkerProblem> problems) {}
