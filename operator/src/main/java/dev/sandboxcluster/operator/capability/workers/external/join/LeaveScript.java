package dev.sandboxcluster.operator.capability.workers.external.join;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code leave.sh}: ends what makes a machine a node, and says what remains. */
final class LeaveScript {

    private LeaveScript() {}

    static String of(JoinParameters p) {
        String title = "Takes this machine out of the sandbox " + p.clusterName() + ".";
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("CLUSTER", p.clusterName());
        return switch (p.bootstrap()) {
            case K3sAgent -> {
                variables.put("SERVER", p.serverUrl());
                variables.put("CA_HASH", p.caHash());
                yield ShellScript.of(title, variables, "processes.sh", "leave-common.sh", "k3s-agent-leave.sh");
            }
            case KubeletTLS -> {
                variables.put("SERVER_CA", p.serverCaCertificate());
                yield ShellScript.of(title, variables, "processes.sh", "leave-common.sh", "kubelet-tls-leave.sh");
            }
        };
    }
}
