package dev.sandboxcluster.operator.capability.workers.external.session;

import static dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts.name;
import static dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts.uid;

import dev.sandboxcluster.api.v1alpha1.Taints;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict.Drain;
import dev.sandboxcluster.operator.objects.Times;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes nodes: on request cordon, drain, delete, as {@code kubectl drain} does it; and, where the spec says so, those
 * that have not been Ready for long. Eviction respects PodDisruptionBudgets; what it may take is bounded.
 *
 * <p>A machine must not have another one's Node removed. So the wish is a taint, and a machine's silence shows in its
 * Lease: k3s agents may write labels, annotations and status of any Node, but neither of these two.
 */
final class NodeRemoval {

    private static final Logger LOG = LoggerFactory.getLogger(NodeRemoval.class);

    /** The taint's value by which a node goes though pods are left. */
    static final String FORCE = "force";

    private static final Set<String> ENDED = Set.of("Succeeded", "Failed");
    /** Kubelets renew their Lease every ten seconds; Kubernetes gives them up after this (node-monitor-grace-period). */
    private static final Duration SILENCE = Duration.ofSeconds(40);

    /** Of one node in one pass; the next follows in seconds. */
    private static final int EVICTIONS = 20;

    private final KubernetesClient sandbox;
    private final Duration drainTimeout;
    private final Optional<Duration> removeNotReadyAfter;
    private final Map<String, Instant> drains;
    private final Instant now;

    /**
     * For one pass.
     *
     * @param drains when the removals under way began, by the Node's UID; {@code kubectl taint --overwrite} forgets what
     *     the taint itself says of it
     */
    NodeRemoval(KubernetesClient sandbox, WorkerPlan plan, Map<String, Instant> drains, Instant now) {
        this.sandbox = sandbox;
        this.drainTimeout = plan.drainTimeout();
        this.removeNotReadyAfter = plan.removeNotReadyAfter();
        this.drains = drains;
        this.now = now;
    }

    /**
     * Does what can be done now.
     *
     * @param gone whether the Node was deleted
     * @param drain the removal that is under way
     */
    record Outcome(boolean gone, Optional<Drain> drain) {}

    /** @param leaseRenewed when the kubelet last renewed the node's Lease; asked for of a node that is not Ready alone */
    Outcome advance(Node node, Optional<Instant> leaseRenewed) {
        Instant alive = leaseRenewed
                .or(() -> Times.of(node.getMetadata().getCreationTimestamp()))
                .orElse(now);
        Optional<Taint> wish = wish(node);
        if (wish.isPresent()) {
            return drain(node, wish.get(), alive);
        }
        drains.remove(uid(node));
        Optional<Duration> lost =
                removeNotReadyAfter.flatMap(limit -> lostFor(node, alive).filter(time -> time.compareTo(limit) >= 0));
        if (lost.isPresent()) {
            LOG.info("Removes node {}: not Ready for {}", name(node), lost.get());
            delete(node);
            return new Outcome(true, Optional.empty());
        }
        return new Outcome(false, Optional.empty());
    }

    private Outcome drain(Node node, Taint wish, Instant alive) {
        Instant since = drains.computeIfAbsent(uid(node), first -> Times.of(wish.getTimeAdded())
                .filter(noted -> noted.isBefore(now))
                .orElse(now.truncatedTo(ChronoUnit.SECONDS)));
        if (wish.getTimeAdded() == null || !Boolean.TRUE.equals(node.getSpec().getUnschedulable())) {
            begin(node, since);
        }
        List<Pod> left = pods(node);
        boolean late = !now.isBefore(since.plus(drainTimeout));
        // Nobody is there who could end pods of a machine that is gone.
        boolean silent = NodeFacts.isSilent(node) && alive.plus(SILENCE).isBefore(now);
        if (left.isEmpty() || silent || late && FORCE.equals(wish.getValue())) {
            LOG.info("Removes node {}, {} pods left", name(node), left.size());
            delete(node);
            return new Outcome(true, Optional.empty());
        }
        if (!late) {
            left.stream()
                    .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                    .limit(EVICTIONS)
                    // A refusal means that a PodDisruptionBudget holds the pod: it is tried again until the time is up.
                    .forEach(pod -> sandbox.pods().resource(pod).evict());
        }
        return new Outcome(
                false,
                Optional.of(new Drain(
                        since,
                        drainTimeout,
                        left.stream()
                                .map(pod -> pod.getMetadata().getNamespace() + "/"
                                        + pod.getMetadata().getName())
                                .toList())));
    }

    private static Optional<Taint> wish(Node node) {
        return node.getSpec().getTaints().stream()
                .filter(taint -> Taints.REMOVE.equals(taint.getKey()))
                .findFirst();
    }

    private List<Pod> pods(Node node) {
        return sandbox.pods().inAnyNamespace().withField("spec.nodeName", name(node)).list().getItems().stream()
                .filter(pod -> !ENDED.contains(pod.getStatus().getPhase()))
                .filter(pod -> !Optional.ofNullable(pod.getMetadata().getAnnotations())
                        .orElse(Map.of())
                        .containsKey("kubernetes.io/config.mirror"))
                .filter(pod -> pod.getMetadata().getOwnerReferences().stream()
                        .noneMatch(owner -> "DaemonSet".equals(owner.getKind())))
                .toList();
    }

    private void delete(Node node) {
        sandbox.nodes().withName(name(node)).delete();
    }

    /** Cordons the node, and notes down in the taint when that was, for an operator that is started anew. */
    private void begin(Node node, Instant since) {
        sandbox.nodes().withName(name(node)).edit(present -> new NodeBuilder(present)
                .editSpec()
                .withUnschedulable(true)
                .editMatchingTaint(taint -> Taints.REMOVE.equals(taint.getKey()))
                .withTimeAdded(since.toString())
                .endTaint()
                .endSpec()
                .build());
    }

    /**
     * For how long a node has not been Ready; empty if it is. By the Node alone another machine could make it seem long:
     * before the last sign of life it was not lost.
     */
    private Optional<Duration> lostFor(Node node, Instant alive) {
        return NodeFacts.notReady(node)
                .flatMap(condition -> Times.of(condition.getLastTransitionTime()))
                .map(since -> Duration.between(since.isAfter(alive) ? since : alive, now));
    }
}
