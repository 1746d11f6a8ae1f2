package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;

/** The workers, as the cluster's own API shows them. What isn't said to be simulated or hosted is about external ones. */
@ApiType
public record WorkersStatus(
        @JsonPropertyDescription("The address and port at which machines join: what the cluster's own endpoint says.")
        String endpoint,

        @JsonPropertyDescription("How many nodes machines have joined as.")
        Integer nodes,

        @JsonPropertyDescription("How many of them are Ready.")
        Integer ready,

        @JsonPropertyDescription("The nodes by group.") List<WorkerGroupStatus> groups,

        @JsonPropertyDescription("Nodes that need attention, and requests that were refused lately; 50 at most.")
        List<WorkerProblem> problems,

        @JsonPropertyDescription("The simulated workers, where there are any.")
        SimulatedWorkersStatus simulated,

        @JsonPropertyDescription("The hosted workers, where there are any.")
        HostedWorkersStatus hosted) {

    /** One that says nothing. */
    public static final WorkersStatus EMPTY = new WorkersStatus(null, null, null, null, null, null, null);

    /** Whether it says anything of external workers. */
    public boolean external() {
        return nodes != null;
    }

    /** The same with what is known of simulated workers. */
    public WorkersStatus with(SimulatedWorkersStatus others) {
        return new WorkersStatus(endpoint, nodes, ready, groups, problems, others, hosted);
    }

    /** The same with what is known of hosted workers. */
    public WorkersStatus with(HostedWorkersStatus others) {
        return new WorkersStatus(endpoint, nodes, ready, groups, problems, simulated, others);
    }
}
