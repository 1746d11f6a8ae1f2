package dev.sandboxcluster.api.v1alpha1;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;

/** The keys of a Secret that machines join with. */
public final class JoinKeys {

    /** One line to paste on a machine; options of join.sh may follow it. */
    public static final String COMMAND = "command";

    /** The script that the command runs. */
    public static final String JOIN_SCRIPT = "join.sh";

    /** What takes the machine out again; without secrets. */
    public static final String LEAVE_SCRIPT = "leave.sh";

    /** The same as the command, for machines that read cloud-init's user data. */
    public static final String CLOUD_INIT = "cloud-init.yaml";

    /** The same as the command, for machines that read Ignition's. */
    public static final String IGNITION = "ignition.json";

    /** URL of the API. */
    public static final String SERVER = "server";

    /** The token, in the form that the kind of machine wants it. */
    public static final String TOKEN = "token";

    /** When the token expires, RFC 3339. */
    public static final String EXPIRES = "expires";

    /** PEM of the CA of the API server's certificate. */
    public static final String CA_CERTIFICATE = "ca.crt";

    /** SHA-256 of {@link #CA_CERTIFICATE}, hex. */
    public static final String CA_HASH = "ca-hash";

    /** {@link Bootstrap#K3sAgent}: /etc/rancher/k3s/config.yaml, for machines that are set up without the script. */
    public static final String K3S_CONFIG = "config.yaml";

    /** {@link Bootstrap#KubeletTLS}: the kubeconfig with which a kubelet asks for its certificate. */
    public static final String BOOTSTRAP_KUBECONFIG = "bootstrap-kubeconfig";

    /** {@link Bootstrap#KubeletTLS}: the kubelet's configuration. */
    public static final String KUBELET_CONFIG = "kubelet.yaml";

    /** {@link Bootstrap#KubeletTLS}: kube-proxy's configuration. */
    public static final String KUBE_PROXY_CONFIG = "kube-proxy.yaml";

    /** {@link Bootstrap#KubeletTLS}: the CA by which a kubelet recognizes the API server. */
    public static final String CLIENT_CA_CERTIFICATE = "client-ca.crt";

    private JoinKeys() {}
}
