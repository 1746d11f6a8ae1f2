package dev.sandboxcluster.api.v1alpha1;

/** The annotations by which users ask for something, and those by which the operator remembers. */
public final class Annotations {

    /** On a SandboxCluster: with another value than before, all join tokens are replaced and the old ones withdrawn. */
    public static final String REVOKE_JOIN_TOKENS = SandboxCluster.GROUP + "/revoke-join-tokens";

    /** On a Node of a sandbox: {@code drain} removes it, {@code force} even if pods are left in the end. */
    public static final String REMOVE = SandboxCluster.GROUP + "/remove";

    /** On a Node of a sandbox: when its removal began, RFC 3339. */
    public static final String REMOVAL_BEGAN = SandboxCluster.GROUP + "/removal-began";

    /**
     * On the PersistentVolumeClaim of a sandbox: SHA-256 of the CA of the sandbox whose objects are on the volume. k3s
     * does not start on those of another.
     */
    public static final String CA_HASH = SandboxCluster.GROUP + "/ca-hash";

    /** On a join Secret and on a join token's Secret: which tokens belong together. All of one epoch end at once. */
    public static final String TOKEN_EPOCH = SandboxCluster.GROUP + "/token-epoch";

    private Annotations() {}
}
