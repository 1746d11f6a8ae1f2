package dev.sandboxcluster.operator.capability.workers.external.session;

import static dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts.name;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeFacts;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict.Drain;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes nodes: on request cordon, drain, delete, as {@code kubectl drain} does it; and, where the spec says so, those
 * that have not been Ready for long. Eviction respects PodDisruptionBudgets; what it may take is bounded.
 */
final class NodeRemoval {

    private static final Logger LOG = LoggerFactory.getLogger(NodeRemoval.class);

    private static final String FORCE = "force";
    private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

    private final KubernetesClient sandbox;
    private final Duration drainTimeout;
    private final Optional<Duration> removeNotReadyAfter;
    private final Instant now;

    NodeRemoval(KubernetesClient sandbox, WorkerPlan plan, Instant now) {
        this.sandbox = sandbox;
        this.drainTimeout = plan.drainTimeout();
        this.removeNotReadyAfter = plan.removeNotReadyAfter();
        this.now = now;
    }

    /**
     * Does what can be done now.
     *
     * @param gone whether the Node was deleted
     * @param drain the removal that is under way
     */
    record Outcome(boolean gone, Optional<Drain> drain) {}

    Outcome advance(Node node) {
        String wish = annotation(node, Annotations.REMOVE).orElse("");
        if (!wish.isEmpty()) {
            return drain(node, wish.equals(FORCE));
        }
        if (annotation(node, Annotations.REMOVAL_BEGAN).isPresent()) {
            edit(node, changed -> changed.getMetadata().getAnnotations().remove(Annotations.REMOVAL_BEGAN));
        }
        Optional<Duration> lost =
                removeNotReadyAfter.flatMap(limit -> lostFor(node).filter(time -> time.compareTo(limit) >= 0));
        if (lost.isPresent()) {
            LOG.info("Removes node {}: not Ready for {}", name(node), lost.get());
            delete(node);
            return new Outcome(true, Optional.empty());
        }
        return new Outcome(false, Optional.empty());
    }

    private Outcome drain(Node node, boolean force) {
        Optional<Instant> began = annotation(node, Annotations.REMOVAL_BEGAN).flatMap(NodeFacts::time);
        if (began.isEmpty() || !Boolean.TRUE.equals(node.getSpec().getUnschedulable())) {
            edit(node, changed -> {
                changed.getSpec().setUnschedulable(true);
                changed.getMetadata()
                        .getAnnotations()
                        .putIfAbsent(
                                Annotations.REMOVAL_BEGAN,
                                now.truncatedTo(ChronoUnit.SECONDS).toString());
            });
        }
        Instant since = began.orElse(now.truncatedTo(ChronoUnit.SECONDS));
        List<Pod> left = pods(node);
        boolean late = !now.isBefore(since.plus(drainTimeout));
        // Nobody is there who could end pods of a machine that is gone.
        if (left.isEmpty() || NodeFacts.isSilent(node) || late && force) {
            LOG.info("Removes node {}, {} pods left", name(node), left.size());
            delete(node);
            return new Outcome(true, Optional.empty());
        }
        if (!late) {
            left.stream()
                    .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
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

    private void edit(Node node, Consumer<Node> change) {
        sandbox.nodes().withName(name(node)).edit(present -> {
            Node changed = new NodeBuilder(present)
                    .editMetadata()
                    .addToAnnotations(Map.of())
                    .endMetadata()
                    .build();
            change.accept(changed);
            return changed;
        });
    }

    /** For how long a node has not been Ready; empty if it is. */
    private Optional<Duration> lostFor(Node node) {
        return NodeFacts.notReady(node)
                .flatMap(condition -> NodeFacts.time(condition.getLastTransitionTime()))
                .map(since -> Duration.between(since, now));
    }

    private static Optional<String> annotation(Node node, String key) {
        return Optional.ofNullable(node.getMetadata().getAnnotations()).map(annotations -> annotations.get(key));
    }
}
