package dev.sandboxcluster.api.v1alpha1;

/** The annotations by which users ask for something, and those by which the operator remembers. */
public final class Annotations {

    /** On a SandboxCluster: with another value than before, all join tokens are replaced and the old ones withdrawn. */
    public static final String REVOKE_JOIN_TOKENS = SandboxCluster.GROUP + "/revoke-join-tokens";

    /**
     * On the PersistentVolumeClaim of a sandbox: SHA-256 of the CA of the sandbox whose objects are on the volume. k3s
     * does not start on those of another. On a SandboxCluster, its user's: of the CA whose keys it is to have, which are
     * there already.
     */
    public static final String CA_HASH = SandboxCluster.GROUP + "/ca-hash";

    /** On a Secret with keys that has no owner, so that they outlive their SandboxCluster: its UID. */
    public static final String MADE_FOR = SandboxCluster.GROUP + "/made-for";

    /** On a join Secret and on a join token's Secret: which tokens belong together. All of one epoch end at once. */
    public static final String TOKEN_EPOCH = SandboxCluster.GROUP + "/token-epoch";

    private Annotations() {}
}
