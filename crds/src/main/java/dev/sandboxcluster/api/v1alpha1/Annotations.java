package dev.sandboxcluster.api.v1alpha1;

/** The annotations by which users ask for something, and those by which the operator remembers. */
public final class Annotations {

    /** On a SandboxCluster: with another value than before, all join tokens are replaced and the old ones withdrawn. */
    public static final String REVOKE_JOIN_TOKENS = SandboxCluster.GROUP + "/revoke-join-tokens";

    /**
     * On a SandboxCluster: with another value than before, its kubeconfig is replaced, and former ones lose all rights. On
     * the Secret with the kubeconfig: the value that it was made for.
     */
    public static final String REVOKE_KUBECONFIG = SandboxCluster.GROUP + "/revoke-kubeconfig";

    /**
     * On a SandboxCluster: with another value than before, the control plane is started anew, as this operator makes it.
     * On the pod: the value that it was started for.
     */
    public static final String RESTART = SandboxCluster.GROUP + "/restart";

    /** On a SandboxCluster: with another value than before, the present defaults of its class take effect. */
    public static final String TAKE_CLASS_DEFAULTS = SandboxCluster.GROUP + "/take-class-defaults";

    /** On a SandboxCluster: with the value {@code true}, the operator does nothing for it, and looks at nothing. */
    public static final String PAUSED = SandboxCluster.GROUP + "/paused";

    /** On the StatefulSet of a sandbox, and on that of its hosted workers: hashes of what its pods were made from. */
    public static final String MADE_FROM = SandboxCluster.GROUP + "/made-from";

    /** On the StatefulSet of a sandbox: that the operator scaled it to 0, for a spec that wants it. */
    public static final String SUSPENDED = SandboxCluster.GROUP + "/suspended";

    /** On the StatefulSet of a sandbox: its pod's template, as it was applied when {@link #MADE_FROM} was last another. */
    public static final String POD_TEMPLATE = SandboxCluster.GROUP + "/pod-template";

    /**
     * On the PersistentVolumeClaim of a sandbox: SHA-256 of the CA of the sandbox whose objects are on the volume. k3s
     * does not start on those of another. On a SandboxCluster, its user's: of the CA whose keys it is to have, which are
     * there already.
     */
    public static final String CA_HASH = SandboxCluster.GROUP + "/ca-hash";

    /** On the PersistentVolumeClaim of a sandbox: when the certificates on the volume end that k3s made for itself. */
    public static final String CERTIFICATES_EXPIRE_AT = SandboxCluster.GROUP + "/certificates-expire-at";

    /** On the pod of a sandbox: the end of the certificates which it was started to renew. */
    public static final String RENEWED_BEFORE = SandboxCluster.GROUP + "/certificates-renewed-before";

    /**
     * On a Secret that has no owner, so that it outlives its SandboxCluster, or as it is in another namespace: the
     * SandboxCluster's UID.
     */
    public static final String MADE_FOR = SandboxCluster.GROUP + "/made-for";

    /**
     * On a pod that is a node of a sandbox: of which life the sandbox's objects are that know its Node. Those of another
     * know none, and the pod is made anew.
     */
    public static final String OBJECTS_OF = SandboxCluster.GROUP + "/objects-of";

    /** On the StatefulSet of hosted workers: since when there are more than are wanted, RFC 3339. */
    public static final String TOO_MANY_SINCE = SandboxCluster.GROUP + "/too-many-since";

    /** On a simulated Node: which of its labels and taints the operator set, for when these are others. */
    public static final String SIMULATED_WITH = SandboxCluster.GROUP + "/simulated-with";

    /**
     * On a webhook configuration in a sandbox: failurePolicy and timeoutSeconds of those of its webhooks that the operator
     * has ignored, as they were before.
     */
    public static final String WEBHOOKS_AS_WRITTEN = SandboxCluster.GROUP + "/webhooks-as-written";

    /** On a join Secret and on a join token's Secret: which tokens belong together. All of one epoch end at once. */
    public static final String TOKEN_EPOCH = SandboxCluster.GROUP + "/token-epoch";

    private Annotations() {}
}
