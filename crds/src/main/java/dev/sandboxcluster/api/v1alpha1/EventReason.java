package dev.sandboxcluster.api.v1alpha1;

/** The reasons of the events that the operator writes about a SandboxCluster. */
public final class EventReason {

    /** The control plane is about to be started anew, for its spec changed or somebody asked for it. */
    public static final String CONTROL_PLANE_RESTARTING = "ControlPlaneRestarting";

    /** The control plane is about to be stopped, as its user wants it. */
    public static final String SUSPENDING = "Suspending";

    /** The control plane is about to be started again after it was stopped. */
    public static final String RESUMING = "Resuming";

    /** The control plane doesn't answer, and is about to be started anew: no kubelet does it where a sandbox may doze. */
    public static final String CONTROL_PLANE_HANGS = "ControlPlaneHangs";

    /** The sandbox's life ends soon. */
    public static final String EXPIRES_SOON = "ExpiresSoon";

    /** The sandbox's life is over: it is stopped or deleted. */
    public static final String EXPIRED = "Expired";

    private EventReason() {}
}
