package dev.sandboxcluster.operator.capability.doze;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteStatus;
import dev.sandboxcluster.operator.capability.doze.plan.Execution;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known of a sandbox's sleep besides what its pod says; pure.
 *
 * @param route as the router has it; empty: it has none
 * @param fellAsleepAt when this operator first saw that the router is told that it sleeps; empty: it isn't
 * @param routedSince since when this operator has known it as one that users reach by the router, which is there; empty: they
 *     don't, as far as is known
 * @param last the last order that its processes got from this operator; empty: none
 * @param refusal that to stop, if they could not be stopped lately
 */
record Known(
        Optional<SandboxClusterRoute> route,
        Optional<Instant> fellAsleepAt,
        Optional<Instant> routedSince,
        Optional<Execution> last,
        Optional<Execution> refusal) {

    /** Until when the router may still say that somebody is there; empty: it had the time. */
    Optional<Instant> notBefore(Duration pause, Instant now) {
        return fellAsleepAt.map(since -> since.plus(pause)).filter(now::isBefore);
    }

    /** Whether the router knows it as one that sleeps so. */
    boolean is(State state) {
        return route.filter(known -> known.getSpec().state() == state).isPresent();
    }

    /** Whether the router knows that this container's processes are stopped. */
    boolean dozes(String containerID) {
        return is(State.Dozing)
                && route.filter(known -> containerID.equals(known.getSpec().containerID()))
                        .isPresent();
    }

    /** Whether this container's processes may be stopped, as far as the router knows. */
    boolean mayBeStopped(String containerID) {
        return !is(State.Awake)
                && route.filter(known -> containerID.equals(known.getSpec().containerID()))
                        .isPresent();
    }

    /** The container whose processes may be stopped, as far as the router knows. */
    Optional<String> stopped() {
        return route.map(known -> known.getSpec().containerID()).filter(this::mayBeStopped);
    }

    /** Whether somebody came since the router knows that it sleeps: whatever the operator changes ends what was wanted of it. */
    boolean demanded() {
        return route.filter(known -> status(known)
                        .map(SandboxClusterRouteStatus::demandedGeneration)
                        .filter(known.getMetadata().getGeneration()::equals)
                        .isPresent())
                .isPresent();
    }

    /** When somebody was connected last; empty: nobody ever. */
    Optional<Instant> lastUsedAt() {
        return route.flatMap(Known::status)
                .map(SandboxClusterRouteStatus::lastUsedAt)
                .map(Instant::parse);
    }

    private static Optional<SandboxClusterRouteStatus> status(SandboxClusterRoute route) {
        return Optional.ofNullable(route.getStatus());
    }
}
