package dev.sandboxcluster.operator.capability.workers.external.join;

import dev.sandboxcluster.api.v1alpha1.JoinKeys;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The content of the Secret that machines join with. It contains the token; nothing of it belongs into a log. */
public final class JoinBundle {

    private JoinBundle() {}

    /** Key to text, before base64; equal inputs give equal bytes. */
    public static Map<String, String> data(JoinParameters p) {
        String joinScript = JoinScript.of(p);
        String compressed = Gzip.base64(joinScript);
        Map<String, String> data = new TreeMap<>(Map.of(
                JoinKeys.COMMAND, command(compressed),
                JoinKeys.JOIN_SCRIPT, joinScript,
                JoinKeys.LEAVE_SCRIPT, LeaveScript.of(p),
                JoinKeys.CLOUD_INIT, CloudInit.of(compressed),
                JoinKeys.IGNITION, Ignition.of(p, compressed),
                JoinKeys.SERVER, p.serverUrl(),
                JoinKeys.EXPIRES, p.token().expiration().toString(),
                JoinKeys.CA_CERTIFICATE, p.serverCaCertificate(),
                JoinKeys.CA_HASH, p.caHash()));
        switch (p.bootstrap()) {
            case K3sAgent ->
                data.putAll(Map.of(
                        JoinKeys.TOKEN, K3sAgentConfig.token(p), JoinKeys.K3S_CONFIG, K3sAgentConfig.forPeople(p)));
            case KubeletTLS ->
                data.putAll(Map.of(
                        JoinKeys.TOKEN, p.token().bearer(),
                        JoinKeys.BOOTSTRAP_KUBECONFIG, BootstrapKubeconfig.of(p),
                        JoinKeys.KUBELET_CONFIG, KubeletConfig.of(p),
                        JoinKeys.KUBE_PROXY_CONFIG, KubeProxyConfig.of(p),
                        JoinKeys.CLIENT_CA_CERTIFICATE, p.clientCaCertificate()));
        }
        return Collections.unmodifiableMap(data);
    }

    /** Without sudo where there is none; the rest of what is typed goes to the script. */
    private static String command(String compressed) {
        return "echo " + compressed + " | base64 -d | gunzip | $(command -v sudo) sh -s --";
    }
}
