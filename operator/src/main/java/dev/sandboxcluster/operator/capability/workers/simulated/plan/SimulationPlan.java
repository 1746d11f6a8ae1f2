package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import dev.sandboxcluster.operator.sandbox.SandboxAccess;

/**
 * Which simulated Nodes the operator is to make in a sandbox, and how it gets there.
 *
 * @param access which changes with the operator's own certificate
 */
public record SimulationPlan(SandboxAccess access, Wish wish) {

    /**
     * What is to be there.
     *
     * @param life of the control plane: what another one has in it must be looked at
     * @param count 0: none, any more
     * @param alone whether there are no other nodes
     * @param metrics whether there is to be something that stands for a metrics server
     * @param webhooks which are to be ignored, of those that simulated pods are to answer
     */
    public record Wish(
            String life, int count, boolean alone, boolean metrics, NodeTemplate template, Ignored webhooks) {}

    /** There are to be none any more. */
    public static SimulationPlan withdrawal(SandboxAccess access, String life) {
        return new SimulationPlan(access, new Wish(life, 0, false, false, NodeTemplate.NONE, Ignored.NONE));
    }
}
