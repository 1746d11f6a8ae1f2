package dev.sandboxcluster.api.v1alpha1;

/** The keys of a Secret by which Argo CD knows a cluster (argo-cd, util/db, SecretToCluster). */
public final class ArgoCDKeys {

    /** What Argo CD calls the cluster. */
    public static final String NAME = "name";

    /** The API's URL, by which Argo CD tells clusters apart. */
    public static final String SERVER = "server";

    /** JSON: what to verify, and as whom to come. */
    public static final String CONFIG = "config";

    /** The only project that may use it; not there: any. */
    public static final String PROJECT = "project";

    private ArgoCDKeys() {}
}
