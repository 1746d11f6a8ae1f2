package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import dev.sandboxcluster.operator.sandbox.Failure;
import java.util.List;
import java.util.Optional;

/**
 * How the simulated Nodes of a sandbox do. Equal as long as nothing happened.
 *
 * @param looked whether a pass by the plan that counts has ended; what is said is by an earlier one otherwise
 * @param nodes how many there are
 * @param ready how many of them are Ready
 * @param notReady names of some that aren't
 * @param taken names of some that are missing, because Nodes that aren't simulated have them
 * @param callouts what is asked of pods on them
 * @param failure what keeps the operator from making them, or from knowing better
 */
public record SimulationReport(
        boolean looked,
        int nodes,
        int ready,
        List<String> notReady,
        List<String> taken,
        CalloutReport callouts,
        Optional<Failure> failure) {

    /** How many names it has of a kind. */
    public static final int NAMED = 3;

    /** Nothing is known yet. */
    public static final SimulationReport UNKNOWN =
            new SimulationReport(false, 0, 0, List.of(), List.of(), CalloutReport.UNKNOWN, Optional.empty());

    /** What is left of it under another plan. */
    public SimulationReport outdated() {
        return new SimulationReport(false, nodes, ready, notReady, taken, callouts, Optional.empty());
    }

    /**
     * The same with what keeps the operator from knowing better.
     *
     * @param asked what was found out nevertheless
     */
    public SimulationReport failed(Failure why, CalloutReport asked) {
        return new SimulationReport(looked, nodes, ready, notReady, taken, asked, Optional.of(why));
    }

    /** Whether there are none, and nothing is as the operator set it for them, as the plan that counts wants it. */
    public boolean withdrawn() {
        return looked && nodes == 0 && failure.isEmpty() && callouts.putBack();
    }
}
