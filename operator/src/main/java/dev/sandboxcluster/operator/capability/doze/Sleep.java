package dev.sandboxcluster.operator.capability.doze;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import java.util.Optional;

/**
 * Whether a sandbox sleeps, as the router has to know it.
 *
 * @param containerID the container whose processes are stopped; empty: none
 * @param reportSeconds how often the router says that somebody is connected
 */
public record Sleep(State state, Optional<String> containerID, int reportSeconds) {

    static final int A_MINUTE = 60;

    /** That of one that runs, or is about to, and whose idleness is no matter. */
    public static final Sleep AWAKE = new Sleep(State.Awake, Optional.empty(), A_MINUTE);

    /** That of one that is not to run, whoever comes. */
    public static final Sleep STOPPED = new Sleep(State.Stopped, Optional.empty(), A_MINUTE);
}
