package dev.sandboxcluster.operator.capability.workers.external.join;

import dev.sandboxcluster.api.v1alpha1.Labels;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code join.sh}: checks a machine, configures it and starts what makes it a node. */
final class JoinScript {

    /** Where machines that are set up at their first boot keep it. */
    static final String PATH = "/var/lib/sandboxcluster/join.sh";

    private JoinScript() {}

    static String of(JoinParameters p) {
        Map<String, String> variables = common(p);
        return switch (p.bootstrap()) {
            case K3sAgent -> {
                variables.put("PROOF", String.valueOf(p.proof()));
                variables.put("PROOF_LABEL", Labels.JOIN_PROOF);
                variables.put("CONFIG", K3sAgentConfig.ofAnyNode(p));
                variables.put("NODE_LABELS", K3sAgentConfig.labelItems(p));
                yield ShellScript.of(title(p), variables, "processes.sh", "common.sh", "k3s-agent-join.sh");
            }
            case KubeletTLS -> {
                variables.put("SERVER_CA", p.serverCaCertificate());
                variables.put("CLIENT_CA", p.clientCaCertificate());
                variables.put("BOOTSTRAP_KUBECONFIG", BootstrapKubeconfig.of(p));
                variables.put("KUBELET_CONFIG", KubeletConfig.of(p));
                variables.put("KUBE_PROXY_CONFIG", KubeProxyConfig.of(p));
                variables.put("NODE_LABELS", String.join(",", NodeLabels.of(p)));
                yield ShellScript.of(title(p), variables, "processes.sh", "common.sh", "kubelet-tls-join.sh");
            }
        };
    }

    private static String title(JoinParameters p) {
        return "Joins this machine to the sandbox " + p.clusterName() + ", group " + p.group()
                + ". Contains a token: keep it private.";
    }

    private static Map<String, String> common(JoinParameters p) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("CLUSTER", p.clusterName());
        variables.put("GROUP", p.group());
        variables.put("SECRET", p.namespace() + "/" + JoinParameters.secretName(p.clusterName(), p.group()));
        variables.put("SERVER", p.serverUrl());
        variables.put("SERVER_ADDRESS", p.serverAddress());
        variables.put("SERVER_PORT", String.valueOf(p.serverPort()));
        variables.put("URL_HOST", p.urlHost());
        variables.put("K3S_VERSION", p.k3sVersion());
        variables.put("CA_HASH", p.caHash());
        variables.put("TOKEN_ID", p.token().id());
        variables.put("TOKEN_SECRET", p.token().secret());
        variables.put("TOKEN_EXPIRES", p.token().expiration().toString());
        variables.put(
                "TOKEN_EXPIRES_EPOCH", String.valueOf(p.token().expiration().getEpochSecond()));
        return variables;
    }
}
