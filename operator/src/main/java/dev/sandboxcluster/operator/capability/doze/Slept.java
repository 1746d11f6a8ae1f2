package dev.sandboxcluster.operator.capability.doze;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import java.time.Instant;
import java.util.Optional;

/**
 * How a sandbox sleeps.
 *
 * @param sleep what the router is told
 * @param resting whether the operator leaves its API alone, for it would take a stopped one for broken
 * @param suspend whether it is to have no pod, as nobody is connected
 * @param lastUsedAt when somebody was connected last; empty: nobody ever, or who knows
 * @param deleteAt when it is deleted if nobody is connected until then; empty: never
 */
public record Slept(
        Sleep sleep, boolean resting, boolean suspend, Optional<Instant> lastUsedAt, Optional<Instant> deleteAt) {

    /** One that runs, or is about to, and whose idleness is no matter. */
    public static final Slept NEVER = new Slept(Sleep.AWAKE, false, false, Optional.empty(), Optional.empty());

    /** Whether its processes are stopped, or nobody knows yet that they go on. */
    public boolean dozing() {
        return sleep.state() == State.Dozing;
    }
}
