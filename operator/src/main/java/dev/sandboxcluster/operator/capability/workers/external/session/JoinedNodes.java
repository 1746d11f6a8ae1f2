package dev.sandboxcluster.operator.capability.workers.external.session;

import static dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts.name;
import static dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts.uid;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.operator.capability.workers.external.policy.ClientCsrPolicy;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts;
import dev.sandboxcluster.operator.k3s.K3s;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which nodes of a sandbox are machines that have joined it. Others, such as those that a user makes by hand or simulates,
 * are not the external workers' business. What tells is out of a node's reach: of a plain kubelet, an approved request
 * for its certificate, or its group's label; of a k3s agent, the Secret in which k3s keeps its password from before the Node on, until that is deleted.
 */
final class JoinedNodes {

    private static final Duration ASK_AGAIN = Duration.ofMinutes(1);
    /** Of one pass, so that any number of foreign nodes costs it little time. */
    private static final int QUESTIONS = 20;

    /** By the Node's UID: when it was known not to have joined; {@link Instant#MAX}: it has. */
    private final Map<String, Instant> known = new HashMap<>();

    /**
     * Those of {@code nodes} that have joined.
     *
     * @param recorded those that were let into a group before
     * @param requests the sandbox's CertificateSigningRequests
     */
    List<Node> among(
            List<Node> nodes,
            Set<String> recorded,
            List<CertificateSigningRequest> requests,
            Bootstrap bootstrap,
            KubernetesClient sandbox,
            Instant now) {
        known.keySet().retainAll(nodes.stream().map(NodeFacts::uid).collect(Collectors.toSet()));
        if (bootstrap == Bootstrap.K3sAgent) {
            nodes.stream()
                    .filter(node -> !recorded.contains(uid(node)) && isOpen(node, now))
                    .sorted(Comparator.comparing(node -> known.getOrDefault(uid(node), Instant.MIN)))
                    .limit(QUESTIONS)
                    .forEach(node -> known.put(uid(node), hasPassword(node, sandbox) ? Instant.MAX : now));
        }
        return nodes.stream()
                .filter(node -> recorded.contains(uid(node))
                        || (bootstrap == Bootstrap.K3sAgent
                                ? known.get(uid(node)) == Instant.MAX
                                : ClientCsrPolicy.approvedGroup(name(node), requests)
                                        .isPresent()))
                .toList();
    }

    private boolean isOpen(Node node, Instant now) {
        Instant asked = known.get(uid(node));
        return asked == null || asked != Instant.MAX && !asked.plus(ASK_AGAIN).isAfter(now);
    }

    private static boolean hasPassword(Node node, KubernetesClient sandbox) {
        return sandbox.secrets()
                        .inNamespace(K3s.NODE_PASSWORD_NAMESPACE)
                        .withName(name(node) + K3s.NODE_PASSWORD_SUFFIX)
                        .get()
                != null;
    }
}
