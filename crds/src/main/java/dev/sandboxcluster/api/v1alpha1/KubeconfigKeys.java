package dev.sandboxcluster.api.v1alpha1;

/** The keys of the Secret in which a sandbox's kubeconfig is published. */
public final class KubeconfigKeys {

    /** The kubeconfig, under the key that Cluster API and Flux read. */
    public static final String VALUE = "value";

    /** The same for pods of the host cluster, whatever the sandbox is exposed through. */
    public static final String INTERNAL = "internal";

    /** PEM of the CA that the kubeconfig trusts. */
    public static final String CA_CERTIFICATE = "ca.crt";

    /** PEM of the client certificate in the kubeconfig. */
    public static final String CLIENT_CERTIFICATE = "client.crt";

    /** PEM of its private key. */
    public static final String CLIENT_KEY = "client.key";

    /** URL of the API in the kubeconfig. */
    public static final String SERVER = "server";

    /** The name to verify in place of that in the URL; not there: that in the URL. */
    public static final String TLS_SERVER_NAME = "tls-server-name";

    private KubeconfigKeys() {}
}
