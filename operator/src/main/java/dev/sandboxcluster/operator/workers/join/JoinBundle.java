package dev.sandboxcluster.operator.workers.join;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The content of the Secret that machines join with. It contains the token; nothing of it belongs into a log. */
public final class JoinBundle {

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

    private JoinBundle() {}

    /** Key to text, before base64; equal inputs give equal bytes. */
    public static Map<String, String> data(JoinParameters p) {
        String joinScript = JoinScript.of(p);
        String compressed = Gzip.base64(joinScript);
        Map<String, String> data = new TreeMap<>(Map.of(
                COMMAND, command(compressed),
                JOIN_SCRIPT, joinScript,
                LEAVE_SCRIPT, LeaveScript.of(p),
                CLOUD_INIT, CloudInit.of(compressed),
                IGNITION, Ignition.of(p, compressed),
                SERVER, p.serverUrl(),
                EXPIRES, p.token().expiration().toString(),
                CA_CERTIFICATE, p.serverCaCertificate(),
                CA_HASH, p.caHash()));
        switch (p.bootstrap()) {
            case K3sAgent ->
                data.putAll(Map.of(TOKEN, K3sAgentConfig.token(p), K3S_CONFIG, K3sAgentConfig.forPeople(p)));
            case KubeletTLS ->
                data.putAll(Map.of(
                        TOKEN, p.token().bearer(),
                        BOOTSTRAP_KUBECONFIG, BootstrapKubeconfig.of(p),
                        KUBELET_CONFIG, KubeletConfig.of(p),
                        KUBE_PROXY_CONFIG, KubeProxyConfig.of(p),
                        CLIENT_CA_CERTIFICATE, p.clientCaCertificate()));
        }
        return Collections.unmodifiableMap(data);
    }

    /** Without sudo where there is none; the rest of what is typed goes to the script. */
    private static String command(String compressed) {
        return "echo " + compressed + " | base64 -d | gunzip | $(command -v sudo) sh -s --";
    }
}
