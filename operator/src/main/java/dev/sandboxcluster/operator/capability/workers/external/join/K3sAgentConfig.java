package dev.sandboxcluster.operator.capability.workers.external.join;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.objects.Yaml;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /etc/rancher/k3s/config.yaml} of an agent. */
final class K3sAgentConfig {

    private K3sAgentConfig() {}

    /** The token in k3s's form, which pins the CA: {@code K10<hash>::<id>.<secret>}. */
    static String token(JoinParameters p) {
        return token(p.caHash(), p.token());
    }

    static String token(String caHash, JoinToken token) {
        return "K10" + caHash + "::" + token.bearer();
    }

    /** The whole file, for machines that are set up without the script. */
    static String forPeople(JoinParameters p) {
        String labels = labelItems(p);
        return "# /etc/rancher/k3s/config.yaml, then: k3s agent\n"
                + (p.proof() ? proofIsMissing() : "")
                + ofAnyNode(p)
                + (labels.isEmpty() ? "" : "node-label:\n" + labels);
    }

    /** What is the same for all nodes of the group, but for the labels, which join.sh adds to. */
    static String ofAnyNode(JoinParameters p) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("server", p.serverUrl());
        config.put("token", token(p));
        if (!p.taints().isEmpty()) {
            config.put(
                    "node-taint", p.taints().stream().map(K3sAgentConfig::taint).toList());
        }
        return Yaml.write(config);
    }

    /** The items of {@code node-label}, a line each; empty if there are none. */
    static String labelItems(JoinParameters p) {
        List<String> labels = NodeLabels.of(p);
        return labels.isEmpty() ? "" : Yaml.write(labels);
    }

    static String taint(Taint taint) {
        String value = taint.getValue() == null || taint.getValue().isEmpty() ? "" : "=" + taint.getValue();
        return taint.getKey() + value + ":" + taint.getEffect();
    }

    private static String proofIsMissing() {
        return """
                # Add to node-label, so that the node gets into its group: %s=<token id>.<proof>
                # where the proof is: printf %%s:%%s <token secret> <node name> | sha256sum | cut -c 1-40
                """.formatted(Labels.JOIN_PROOF);
    }
}
