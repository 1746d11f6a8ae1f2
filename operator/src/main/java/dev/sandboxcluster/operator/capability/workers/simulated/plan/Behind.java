package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Service;
import java.util.Set;

/**
 * Who stands behind Services.
 *
 * @param simulated those with endpoints on simulated Nodes
 * @param others those with endpoints elsewhere
 * @param unseen those of which nobody knows, because there are too many, or too many endpoints
 */
public record Behind(Set<Service> simulated, Set<Service> others, Set<Service> unseen) {

    /** Of Services without endpoints. */
    public static final Behind NOBODY = new Behind(Set.of(), Set.of(), Set.of());

    /** Whether there are simulated pods alone. */
    public boolean unanswered(Service service) {
        return simulated.contains(service) && !others.contains(service) && known(service);
    }

    /** Whether there is somebody who may answer. */
    boolean answered(Service service) {
        return others.contains(service);
    }

    /** Whether it was looked at. */
    boolean known(Service service) {
        return !unseen.contains(service);
    }

    /** Whether all were. */
    public boolean complete() {
        return unseen.isEmpty();
    }
}
