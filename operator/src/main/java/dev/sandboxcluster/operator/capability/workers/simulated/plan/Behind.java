package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Service;
import java.util.Set;

/**
 * Who stands behind Services.
 *
 * @param simulated those with endpoints on simulated Nodes
 * @param others those with endpoints elsewhere
 */
public record Behind(Set<Service> simulated, Set<Service> others) {

    /** Of Services without endpoints. */
    public static final Behind NOBODY = new Behind(Set.of(), Set.of());

    /** Whether there are simulated pods alone. */
    public boolean unanswered(Service service) {
        return simulated.contains(service) && !others.contains(service);
    }

    /** Whether there is somebody who may answer. */
    boolean answered(Service service) {
        return others.contains(service);
    }
}
