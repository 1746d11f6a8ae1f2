package dev.sandboxcluster.operator.capability.doze.plan;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of the last order that a container got.
 *
 * @param containerID whose processes it was for
 * @param failure why it was not followed, or may not have been; empty: nothing is known to be wrong
 * @param endedAt when it was followed, or failed; empty: it is under way
 */
public record Execution(Order order, String containerID, Optional<String> failure, Optional<Instant> endedAt) {

    /** One that is under way. */
    public static Execution begun(Order order, String containerID) {
        return new Execution(order, containerID, Optional.empty(), Optional.empty());
    }

    /** The same, at its end. */
    public Execution ended(Optional<String> why, Instant at) {
        return new Execution(order, containerID, why, Optional.of(at));
    }

    /** Whether it is that order for that container. */
    public boolean is(Order wanted, String container) {
        return order == wanted && containerID.equals(container);
    }

    /** Whether it was followed. */
    public boolean done() {
        return endedAt.isPresent() && failure.isEmpty();
    }
}
