package dev.sandboxcluster.operator.capability.workers.external.join;

import dev.sandboxcluster.operator.capability.workers.external.policy.JoinProof;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.credentials.Sha256;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a pod that is to be a node joins with: a file each. It has all that a node is known by, so that a pod in the place of
 * another is the same node.
 */
public final class HostedBundle {

    private static final String SERVER = "server";
    private static final String TOKEN = "token";
    private static final String TAINTS = "taints";
    private static final String PASSWORD = ".password";
    private static final String PROOF = ".proof";

    private HostedBundle() {}

    /**
     * File to text; equal inputs give equal bytes.
     *
     * @param server URL of the API as pods of the host cluster see it
     * @param nodes their names
     * @param taints that they register with
     */
    public static Map<String, String> data(
            String server, JoinToken token, List<String> nodes, List<Taint> taints, ClusterPki pki) {
        Map<String, String> data = new TreeMap<>();
        data.put(SERVER, server);
        data.put(TOKEN, K3sAgentConfig.token(pki.caHash(), token));
        data.put(
                TAINTS,
                taints.stream().map(taint -> K3sAgentConfig.taint(taint) + "\n").collect(Collectors.joining()));
        for (String node : nodes) {
            data.put(node + PASSWORD, Sha256.keyed(pki.token(), "node-password:" + node));
            data.put(node + PROOF, JoinProof.label(token.id(), token.secret(), node));
        }
        return data;
    }
}
