package dev.sandboxcluster.operator.capability.workers.external.plan;

import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan.Group;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Nodes that are pods of the host cluster.
 *
 * @param group that they are
 * @param count how many there are to be
 * @param publications what they are to forward from outside
 */
public record HostedNodes(Group group, int count, List<Publication> publications) {

    /** Their names. */
    public List<String> names() {
        return IntStream.range(0, count).mapToObj(HostedNodes::name).toList();
    }

    /** The name of one: as its pod's, it ends with a number that counts from 0. */
    public static String name(int ordinal) {
        return WorkerPlan.HOSTED + "-" + ordinal;
    }
}
