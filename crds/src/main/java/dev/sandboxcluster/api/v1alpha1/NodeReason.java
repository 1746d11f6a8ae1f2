package dev.sandboxcluster.api.v1alpha1;

/** The reasons of a node's entry in the status. */
public final class NodeReason {

    public static final String READY = "NodeReady";
    public static final String NOT_READY = "NodeNotReady";
    public static final String VERSION_SKEW = "VersionSkew";
    public static final String TUNNEL_LOST = "TunnelLost";
    public static final String KUBELET_UNREACHABLE = "KubeletUnreachable";
    public static final String WITHOUT_GROUP = "NodeWithoutGroup";
    public static final String DRAINING = "Draining";
    public static final String DRAIN_TIMED_OUT = "DrainTimedOut";
    public static final String NOT_LOOKED_AFTER = "NotLookedAfter";
    public static final String TOKEN_INVALID = "TokenInvalid";

    private NodeReason() {}
}
