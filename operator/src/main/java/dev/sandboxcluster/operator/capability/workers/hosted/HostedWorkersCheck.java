package dev.sandboxcluster.operator.capability.workers.hosted;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.HostedWorkersStatus;
import dev.sandboxcluster.api.v1alpha1.NodeReason;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.WorkersStatus;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict;
import dev.sandboxcluster.operator.credentials.Redaction;
import dev.sandboxcluster.operator.objects.Containers;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.objects.Warnings;
import dev.sandboxcluster.operator.verdict.Line;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import dev.sandboxcluster.operator.verdict.Wording;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How the hosted workers do. Until all of them were Ready once since the control plane was started, the sandbox is not Ready;
 * what happens to them later is told by the condition alone.
 */
public final class HostedWorkersCheck {

    private static final int NAMED = 3;
    private static final int MESSAGE = 600;

    /** After the time that a pod has to end: its kubelet may be gone. */
    private static final Duration OVERDUE = Duration.ofMinutes(1);

    private HostedWorkersCheck() {}

    /**
     * What was seen of them.
     *
     * @param problem what keeps them from being there, whatever their pods say
     * @param reached whether the operator reaches the sandbox's API
     * @param report what is known of nodes
     * @param pods of the host cluster
     * @param warnings of the host cluster, why there are no more pods
     * @param published what is there of Services that are reached from outside
     */
    public record Observed(
            Optional<Verdict> problem,
            boolean reached,
            WorkerReport report,
            List<Pod> pods,
            List<Event> warnings,
            PublishedCheck.OnHost published) {}

    /** The verdict on {@code HostedWorkersReady}; pure. The value: what {@code status.workers.hosted} says. */
    public static Outcome<HostedWorkersStatus> check(Situation situation, HostedSettings settings, Observed seen) {
        Verdict verdict = seen.problem().orElseGet(() -> verdict(situation, settings, seen));
        boolean publishing = !settings.published().isEmpty();
        HostedWorkersStatus nodes = status(situation, seen.report());
        Outcome<HostedWorkersStatus> ready = Outcome.of(
                        publishing
                                ? nodes.with(PublishedCheck.shown(
                                        situation.sandbox(), settings.published(), seen.published()))
                                : nodes)
                .reporting(ConditionType.HostedWorkersReady, verdict)
                .withProblem(Optional.of(verdict)
                        .filter(found -> !found.met())
                        .filter(found -> !situation.wasReadyWith(ConditionType.HostedWorkersReady)));
        Outcome<HostedWorkersStatus> outcome = publishing
                ? ready.reporting(
                        ConditionType.ServicesPublished,
                        PublishedCheck.check(
                                situation, settings.published(), seen.report(), seen.reached(), seen.published()))
                : ready;
        return settings.privileged() && settings.policy().allowPrivileged()
                ? outcome.reporting(ConditionType.WorkersPrivileged, HostedPolicyCheck.warning(settings))
                : outcome;
    }

    /** What is known of nodes, or was last. */
    static HostedWorkersStatus status(Situation situation, WorkerReport report) {
        List<NodeVerdict> nodes = report.of(WorkerPlan.HOSTED);
        return report.known()
                ? new HostedWorkersStatus(
                        nodes.size(),
                        (int) nodes.stream().filter(NodeVerdict::ready).count(),
                        null)
                : Optional.ofNullable(situation.previous().workers())
                        .map(WorkersStatus::hosted)
                        .orElseGet(() -> new HostedWorkersStatus(0, 0, null));
    }

    private static Verdict verdict(Situation situation, HostedSettings settings, Observed seen) {
        Optional<Verdict> lastKnown = situation.lastKnownOfThisSpec(ConditionType.HostedWorkersReady);
        if (!seen.reached()) {
            return lastKnown.orElseGet(() -> Verdict.unknown(
                    Reason.CONTROL_PLANE_NOT_RUNNING,
                    "The control plane does not answer; hosted workers join when it does"));
        }
        if (seen.report().failure().isPresent()) {
            return seen.report().failure().get().verdict("looks after hosted nodes", "hosted nodes", "");
        }
        if (!seen.report().current() && lastKnown.isPresent()) {
            return lastKnown.get();
        }
        List<NodeVerdict> nodes = seen.report().of(WorkerPlan.HOSTED);
        List<String> wanted = settings.nodes().names();
        List<String> missing = wanted.stream()
                .filter(name -> nodes.stream().noneMatch(node -> node.name().equals(name)))
                .toList();
        List<String> taken = seen.report().nodes().stream()
                .map(NodeVerdict::name)
                .filter(missing::contains)
                .toList();
        if (!taken.isEmpty()) {
            return Verdict.fails(
                    Reason.NODE_NAME_TAKEN,
                    "Names of hosted nodes are taken by machines that aren't: " + named(taken)
                            + ". Delete these Nodes, and let their machines join by another name");
        }
        return ofLost(seen.pods(), wanted, situation.now())
                .or(() -> missing.isEmpty() ? Optional.empty() : ofPods(seen, missing))
                .orElseGet(() -> ofNodes(wanted, missing, nodes));
    }

    /** When a pod that is to end is late; empty: it isn't to end. */
    static Optional<Instant> overdueAt(Pod pod) {
        return Optional.ofNullable(pod.getMetadata().getDeletionTimestamp())
                .map(Instant::parse)
                .map(end -> end.plus(OVERDUE));
    }

    /** A StatefulSet makes no other pod of that name as long as nobody knows that the one before has ended. */
    private static Optional<Verdict> ofLost(List<Pod> pods, List<String> wanted, Instant now) {
        return pods.stream()
                .filter(pod -> wanted.contains(HostedScale.nodeOf(pod)))
                .filter(pod -> overdueAt(pod).filter(at -> !now.isBefore(at)).isPresent())
                .findFirst()
                .map(pod -> Verdict.fails(
                        Reason.POD_TERMINATING,
                        "Pod " + pod.getMetadata().getName() + " of a hosted worker was to end until "
                                + pod.getMetadata().getDeletionTimestamp() + ", and hasn't: its node "
                                + pod.getSpec().getNodeName() + " may be lost. If it is, delete that Node of the host"
                                + " cluster, or the pod by kubectl delete --force; another pod takes its place"));
    }

    private static Verdict ofNodes(List<String> wanted, List<String> missing, List<NodeVerdict> nodes) {
        if (!missing.isEmpty()) {
            return Verdict.fails(
                    Reason.HOSTED_WORKERS_STARTING,
                    wanted.size() - missing.size() + " of " + wanted.size() + " hosted nodes are there; on their way: "
                            + named(missing));
        }
        List<String> surplus = nodes.stream()
                .map(NodeVerdict::name)
                .filter(name -> !wanted.contains(name))
                .toList();
        List<String> flawed = nodes.stream()
                .filter(node -> wanted.contains(node.name()))
                .filter(node -> !node.reason().equals(NodeReason.READY))
                .map(node -> node.name() + " (" + node.reason() + ": " + Line.of(node.message(), MESSAGE) + ")")
                .toList();
        if (!flawed.isEmpty()) {
            return Verdict.fails(
                    Reason.HOSTED_NODES_NOT_READY,
                    wanted.size() - flawed.size() + " of " + wanted.size() + " hosted nodes can be used; not: "
                            + named(flawed));
        }
        if (!surplus.isEmpty()) {
            return Verdict.holds(
                    Reason.HOSTED_WORKERS_DRAINING,
                    "All " + wanted.size() + " hosted nodes are Ready; drained, to be removed: " + named(surplus));
        }
        return Verdict.holds(
                Reason.HOSTED_WORKERS_READY,
                wanted.isEmpty()
                        ? "No hosted nodes are wanted now"
                        : wanted.size() == 1
                                ? "The hosted node is Ready"
                                : "All " + wanted.size() + " hosted nodes are Ready");
    }

    /** What the host cluster says of the pods of nodes that aren't there. */
    private static Optional<Verdict> ofPods(Observed seen, List<String> missing) {
        List<Pod> pods = seen.pods().stream()
                .filter(pod -> missing.contains(HostedScale.nodeOf(pod)))
                .toList();
        Optional<String> refusal = Warnings.latest(seen.warnings(), "FailedCreate");
        if (refusal.isPresent() && pods.size() < missing.size()) {
            String message = Line.of(refusal.get(), MESSAGE);
            return Optional.of(
                    Wording.QUOTA_EXCEEDED.isSaidIn(message) || Wording.QUOTA_WANTS_VALUES.isSaidIn(message)
                            ? Verdict.fails(
                                    Reason.QUOTA_EXCEEDED,
                                    "A ResourceQuota of the namespace forbids a hosted worker's pod: " + message)
                            : Verdict.fails(
                                    Reason.POD_REJECTED,
                                    "The host cluster refuses the pods of hosted workers, which are privileged also within a"
                                            + " virtual machine; the namespace's Pod Security level"
                                            + " (pod-security.kubernetes.io/enforce) must be privileged: "
                                            + message));
        }
        return pods.stream().flatMap(pod -> ofPod(pod).stream()).findFirst();
    }

    private static Optional<Verdict> ofPod(Pod pod) {
        String title = "Pod " + pod.getMetadata().getName() + " of a hosted worker: ";
        Optional<Verdict> unschedulable = pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("PodScheduled")
                        && "False".equals(condition.getStatus())
                        && "Unschedulable".equals(condition.getReason()))
                .map(condition -> Verdict.fails(
                        Reason.UNSCHEDULABLE,
                        title + "no node can take it; see workers.hosted.resources, nodeSelector and tolerations: "
                                + Line.of(condition.getMessage(), MESSAGE)))
                .findFirst();
        return unschedulable.or(() -> Containers.status(HostedStatefulSet.CONTAINER, pod)
                .flatMap(container -> ofContainer(title, container)));
    }

    private static Optional<Verdict> ofContainer(String title, ContainerStatus container) {
        Optional<ContainerStateWaiting> waiting = Containers.heldUp(container);
        if (waiting.filter(Containers::lacksImage).isPresent()) {
            return Optional.of(Verdict.fails(
                    Reason.IMAGE_PULL_FAILED,
                    title + "the node cannot pull " + container.getImage() + ": "
                            + Line.of(
                                    Optional.ofNullable(waiting.get().getMessage())
                                            .orElse(waiting.get().getReason()),
                                    MESSAGE)));
        }
        return Containers.exit(container)
                .map(end -> "OOMKilled".equals(end.getReason())
                        ? Verdict.fails(
                                Reason.OUT_OF_MEMORY,
                                title + "it used up its memory; raise workers.hosted.resources.limits.memory")
                        : Verdict.fails(
                                Reason.CRASH_LOOP,
                                title + "k3s's agent exited with code " + end.getExitCode()
                                        + Optional.ofNullable(end.getMessage())
                                                .map(said -> "; its last lines: "
                                                        + tail(Redaction.redact(said)
                                                                .strip()))
                                                .orElse("")))
                .or(() -> waiting.map(wait -> Verdict.fails(
                        Reason.CONTAINER_START_FAILED,
                        title + "the node cannot start it: " + wait.getReason() + " "
                                + Line.of(Optional.ofNullable(wait.getMessage()).orElse(""), MESSAGE))));
    }

    /** What it ended with is said last. */
    private static String tail(String said) {
        return Line.of(said.substring(Math.max(0, said.length() - MESSAGE)), MESSAGE);
    }

    private static String named(List<String> names) {
        return names.stream().limit(NAMED).collect(Collectors.joining(", ")) + (names.size() > NAMED ? ", …" : "");
    }
}
