package dev.sandboxcluster.operator.k3s;

/**
 * The contract with k3s: every path, file name, port and default that the operator and k3s must agree on. Measured on
 * v1.33.5+k3s1; {@code k3s server --help} and the k3s documentation name the same.
 */
public final class K3s {

    /** The name of the container that runs k3s. */
    public static final String CONTAINER = "k3s";

    /** The port on which the API server listens in the pod. */
    public static final int API_PORT = 6443;

    /**
     * Where no agent may join, the port of k3s's supervisor: of the endpoints by which agents join ({@code /v1-k3s/*},
     * {@code /cacerts}, {@code /ping}). No Service leads there, and the NetworkPolicy lets nobody in. RKE2 has it there too.
     */
    public static final int SUPERVISOR_PORT = 9345;

    /** Where k3s keeps everything: the only volume that it writes to besides /tmp. */
    public static final String DATA_DIR = "/data";

    /** Below the data directory: certificates and keys; what is there at the start is used, the rest is made. */
    public static final String TLS_DIR = DATA_DIR + "/server/tls";

    /** Where its database is. */
    public static final String DATABASE_DIR = DATA_DIR + "/server/db";

    /**
     * Where agents may join: the serving certificate that k3s makes, with its key and, as annotations, the names that it
     * is for.
     */
    public static final String SERVING_CERTIFICATE = TLS_DIR + "/dynamic-cert.json";

    /** The Secret in {@link #SERVING_NAMESPACE} that k3s keeps a copy of {@link #SERVING_CERTIFICATE} in. */
    public static final String SERVING_SECRET = "k3s-serving";

    /** See {@link #SERVING_SECRET}. */
    public static final String SERVING_NAMESPACE = "kube-system";

    /** With a Node's name before it: the Secret in which k3s keeps the password of its agent. */
    public static final String NODE_PASSWORD_SUFFIX = ".node-password.k3s";

    /** See {@link #NODE_PASSWORD_SUFFIX}. */
    public static final String NODE_PASSWORD_NAMESPACE = "kube-system";

    /** A kubeconfig of cluster-admin that k3s writes for its own components. */
    public static final String ADMIN_KUBECONFIG = DATA_DIR + "/server/cred/admin.kubeconfig";

    /** Where the pod mounts the PKI Secret: {@code tls/} in k3s's layout, and the server token. */
    public static final String PKI_DIR = "/pki";

    /** Where the pod mounts its ConfigMap. */
    public static final String CONFIG_DIR = "/etc/sandboxcluster";

    /** The file with the API server's AuthenticationConfiguration, in {@link #CONFIG_DIR}. */
    public static final String AUTHENTICATION_CONFIG = "authentication.yaml";

    /** A name that k3s always puts into the serving certificate, whatever address the server has. */
    public static final String ALWAYS_IN_CERTIFICATE = "kubernetes.default.svc";

    /** Where pods find the keys that service account tokens are signed with: at a name that any sandbox's DNS knows. */
    public static final String TOKEN_KEYS = "https://" + ALWAYS_IN_CERTIFICATE + "/openid/v1/jwks";

    /** The address of the cluster's DNS: the tenth of the Services' range, as k3s has it. */
    public static String clusterDns(String serviceCidr) {
        return addressIn(serviceCidr, 10);
    }

    /** The address of the Service {@code default/kubernetes}: the first of the Services' range. */
    public static String kubernetesService(String serviceCidr) {
        return addressIn(serviceCidr, 1);
    }

    private static String addressIn(String cidr, int number) {
        String network = cidr.substring(0, cidr.indexOf('/'));
        int dot = network.lastIndexOf('.');
        return network.substring(0, dot + 1) + (Integer.parseInt(network.substring(dot + 1)) + number);
    }

    /** The port on which a kubelet serves logs and exec. */
    public static final int KUBELET_PORT = 10250;

    private K3s() {}
}
