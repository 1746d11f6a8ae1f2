package dev.sandboxcluster.operator.capability.workers.external.session;

import static dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts.labels;
import static dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts.name;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan.Group;
import dev.sandboxcluster.operator.capability.workers.external.policy.ClientCsrPolicy;
import dev.sandboxcluster.operator.capability.workers.external.policy.GroupToken;
import dev.sandboxcluster.operator.capability.workers.external.policy.JoinProof;
import dev.sandboxcluster.operator.capability.workers.external.session.JoinTokens.Kept;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which group a node may be let into, and what that means for it.
 *
 * @param tokens those that are valid now
 * @param requests the sandbox's CertificateSigningRequests
 */
record NodeGroups(WorkerPlan plan, List<Kept> tokens, List<CertificateSigningRequest> requests) {

    /** The group of a node that is in none yet, if anything proves it. */
    Optional<Group> proven(Node node) {
        if (plan.bootstrap() == Bootstrap.KubeletTLS) {
            return ClientCsrPolicy.approvedGroup(name(node), requests)
                    .or(() -> labelled(node))
                    .flatMap(plan::group);
        }
        if (plan.groups().size() == 1) {
            return Optional.of(plan.groups().get(0));
        }
        return Optional.ofNullable(labels(node).get(Labels.JOIN_PROOF))
                .flatMap(proof -> JoinProof.verify(
                        proof,
                        name(node),
                        tokens.stream()
                                .map(kept -> new GroupToken(
                                        kept.token().id(), kept.token().secret(), kept.group()))
                                .toList()))
                .flatMap(plan::group);
    }

    /** The group that a Node's label names. A plain kubelet cannot set it; what every k3s agent may do, can. */
    static Optional<String> labelled(Node node) {
        return Optional.ofNullable(labels(node).get(Labels.NODE_GROUP));
    }

    /**
     * The node as it is to be; equal to the node as it is where nothing has to be changed. It keeps labels of its own,
     * but none that is another group's.
     */
    Node inGroup(Node node, Group group) {
        Map<String, String> labels = withoutGroups(node);
        labels.putAll(group.labels());
        labels.put(Labels.NODE_GROUP, group.name());
        labels.remove(Labels.JOIN_PROOF);
        return new NodeBuilder(node)
                .editMetadata()
                .withLabels(labels)
                .endMetadata()
                .editOrNewSpec()
                .withTaints(tainted(node.getSpec().getTaints(), group.taints()))
                .endSpec()
                .build();
    }

    /** The same of a node that is in no group: its label may yet prove one. */
    Node inNone(Node node) {
        Map<String, String> labels = withoutGroups(node);
        return labels.equals(labels(node))
                ? node
                : new NodeBuilder(node)
                        .editMetadata()
                        .withLabels(labels)
                        .endMetadata()
                        .build();
    }

    private Map<String, String> withoutGroups(Node node) {
        Map<String, String> labels = new HashMap<>(labels(node));
        plan.groups().forEach(group -> labels.keySet().removeAll(group.labels().keySet()));
        labels.remove(Labels.NODE_GROUP);
        return labels;
    }

    private static List<Taint> tainted(List<Taint> present, List<Taint> wanted) {
        List<Taint> taints = new ArrayList<>(present);
        for (Taint taint : wanted) {
            if (present.stream().noneMatch(other -> same(other, taint))) {
                taints.removeIf(other -> other.getKey().equals(taint.getKey())
                        && other.getEffect().equals(taint.getEffect()));
                taints.add(taint);
            }
        }
        return taints;
    }

    private static boolean same(Taint one, Taint other) {
        return one.getKey().equals(other.getKey())
                && one.getEffect().equals(other.getEffect())
                && Objects.requireNonNullElse(one.getValue(), "")
                        .equals(Objects.requireNonNullElse(other.getValue(), ""));
    }
}
