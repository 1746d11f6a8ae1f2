package dev.sandboxcluster.api.v1alpha1;

/** The reasons of the events that the operator writes about a SandboxCluster. */
public final class EventReason {

    /** The control plane is about to be started anew, for its spec changed or somebody asked for it. */
    public static final String CONTROL_PLANE_RESTARTING = "ControlPlaneRestarting";

    private EventReason() {}
}
