package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.credentials.Redaction;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Containers;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.objects.Warnings;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import dev.sandboxcluster.operator.verdict.Wording;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Whether the control plane's pod runs and, where it does not, what keeps it from running. */
public final class ControlPlaneCheck {

    private static final Set<String> CONTAINER_START =
            Set.of("CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError");

    private static final int MESSAGE_LIMIT = 1200;

    private static final Pattern WANTED_RESOURCE =
            Pattern.compile("(?<=[ ,])(requests\\.|limits\\.)?(cpu|memory|ephemeral-storage)(?=,| for: )");

    private ControlPlaneCheck() {}

    /**
     * The verdicts on {@code ControlPlaneReady} and, where it is a bad one, {@code MemorySufficient}; pure.
     *
     * @param warnings the host cluster's warning events about the StatefulSet and the pod, in any order
     * @param url the published one
     * @param observation what the operator last saw there
     */
    public static Outcome<Void> check(
            Situation situation, List<Event> warnings, Optional<String> url, Optional<Observation> observation) {
        boolean answers = observation.flatMap(Observation::available).isPresent();
        Outcome<Void> pod = Outcome.<Void>of(null)
                .reporting(
                        ConditionType.ControlPlaneReady,
                        FormerVersion.advise(situation, verdict(situation.pod(), warnings, answers)));
        return MemoryCheck.check(observation, situation.lastKnown(ConditionType.MemorySufficient, url))
                .map(crowded -> pod.reporting(ConditionType.MemorySufficient, crowded))
                .orElse(pod);
    }

    /** The same of a pod, if the StatefulSet controller has made it. */
    static Verdict verdict(Optional<Pod> pod, List<Event> warnings, boolean answers) {
        return pod.map(present -> ofPod(present, warnings, answers)).orElseGet(() -> withoutPod(warnings));
    }

    private static Verdict withoutPod(List<Event> warnings) {
        Optional<String> refusal = Warnings.latest(warnings, "FailedCreate");
        if (refusal.isEmpty()) {
            return Verdict.fails(Reason.POD_PENDING, "Waiting for the host cluster to create the pod");
        }
        String message = refusal.get();
        if (Wording.QUOTA_EXCEEDED.isSaidIn(message)) {
            return Verdict.fails(
                    Reason.QUOTA_EXCEEDED,
                    "A ResourceQuota of the namespace forbids the pod; raise it, or lower" + " controlPlane.resources: "
                            + message);
        }
        if (Wording.QUOTA_WANTS_VALUES.isSaidIn(message)) {
            return Verdict.fails(
                    Reason.QUOTA_EXCEEDED,
                    "A ResourceQuota of the namespace lets in only pods that set " + wanted(message)
                            + " in controlPlane.resources, which replaces the defaults; set it there, or have a"
                            + " LimitRange of the namespace fill it in: " + message);
        }
        if (Wording.OUT_OF_LIMIT_RANGE.isSaidIn(message)) {
            return Verdict.fails(
                    Reason.POD_REJECTED,
                    "A LimitRange of the namespace forbids the pod; change controlPlane.resources so that it fits, or the"
                            + " LimitRange: " + message);
        }
        if (Wording.NO_RUNTIME_CLASS.isSaidIn(message)) {
            return RuntimeClassCheck.missing(message);
        }
        return Verdict.fails(Reason.POD_REJECTED, "The host cluster refuses the pod: " + message);
    }

    /** The resources that a quota wants to be set; it calls requests without a prefix, too. */
    private static String wanted(String message) {
        String wanted = WANTED_RESOURCE
                .matcher(message)
                .results()
                .map(resource -> (resource.group(1) == null ? "requests." : resource.group(1)) + resource.group(2))
                .distinct()
                .collect(Collectors.joining(", "));
        return wanted.isEmpty() ? "all that it counts" : wanted;
    }

    private static Verdict ofPod(Pod pod, List<Event> warnings, boolean answers) {
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            return Verdict.fails(
                    Reason.POD_TERMINATING,
                    "The pod is being stopped since " + pod.getMetadata().getDeletionTimestamp()
                            + "; a new one follows. If this lasts, its node may be gone");
        }
        if (isEvicted(pod)) {
            return Verdict.fails(
                    Reason.EVICTED,
                    "The node evicted the pod: " + pod.getStatus().getMessage());
        }
        Optional<PodCondition> unschedulable = unschedulable(pod);
        if (unschedulable.isPresent()) {
            return Verdict.fails(
                    Reason.UNSCHEDULABLE,
                    "No node can take the pod; see controlPlane.resources, nodeSelector, affinity and tolerations: "
                            + unschedulable.get().getMessage());
        }
        return Containers.status(K3s.CONTAINER, pod)
                .map(container -> ofContainer(pod, container, warnings, answers))
                .orElseGet(() -> creating(pod, warnings));
    }

    /** Whether a pod says itself all that is to be said of it, so that its warning events add nothing. */
    static boolean explainsItself(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() != null
                || isEvicted(pod)
                || unschedulable(pod).isPresent();
    }

    private static boolean isEvicted(Pod pod) {
        return "Evicted".equals(pod.getStatus().getReason());
    }

    private static Optional<PodCondition> unschedulable(Pod pod) {
        return condition(pod, "PodScheduled")
                .filter(scheduled ->
                        "False".equals(scheduled.getStatus()) && "Unschedulable".equals(scheduled.getReason()));
    }

    private static Verdict ofContainer(Pod pod, ContainerStatus container, List<Event> warnings, boolean answers) {
        ContainerState state = container.getState();
        if (state.getRunning() != null) {
            boolean ready = Boolean.TRUE.equals(container.getReady())
                    || condition(pod, "Ready")
                            .filter(condition -> "True".equals(condition.getStatus()))
                            .isPresent();
            return answers || ready
                    ? Verdict.holds(Reason.AVAILABLE, "The control plane runs" + OtherContainers.beside(pod))
                    : starting(container);
        }
        if (state.getTerminated() != null) {
            return exited(state.getTerminated(), container);
        }
        return OtherContainers.before(pod)
                .orElseGet(() -> waiting(pod, container, Optional.ofNullable(state.getWaiting()), warnings));
    }

    private static Verdict waiting(
            Pod pod, ContainerStatus container, Optional<ContainerStateWaiting> waiting, List<Event> warnings) {
        String reason = waiting.map(ContainerStateWaiting::getReason).orElse("");
        String detail = waiting.map(ContainerStateWaiting::getMessage).orElse("");
        if (reason.equals("InvalidImageName")) {
            return Verdict.fails(Reason.INVALID_IMAGE, detail);
        }
        if (waiting.filter(Containers::lacksImage).isPresent()) {
            return Verdict.fails(
                    Reason.IMAGE_PULL_FAILED,
                    "The node cannot pull " + container.getImage()
                            + "; check spec.version, controlPlane.image and the registry: "
                            + Warnings.latest(pulls(warnings), "Failed").orElse(detail)
                            + Warnings.latest(warnings, "FailedToRetrieveImagePullSecret")
                                    .map(secrets -> ". Of controlPlane.imagePullSecrets: " + secrets)
                                    .orElse(""));
        }
        if (CONTAINER_START.contains(reason)) {
            return Verdict.fails(
                    Reason.CONTAINER_START_FAILED,
                    "The node cannot start the container: " + shorten(Redaction.redact(detail)));
        }
        return lastExit(container).map(last -> exited(last, container)).orElseGet(() -> creating(pod, warnings));
    }

    /** Of those that say no more than the state of the container, none. */
    private static List<Event> pulls(List<Event> warnings) {
        return warnings.stream()
                .filter(event -> "Failed".equals(event.getReason()))
                .filter(event -> Wording.IMAGE_NOT_PULLED.isSaidIn(event.getMessage()))
                .toList();
    }

    private static Verdict creating(Pod pod, List<Event> warnings) {
        return FilesCheck.check(pod, warnings).orElseGet(() -> creating(warnings));
    }

    private static Verdict creating(List<Event> warnings) {
        return Warnings.latest(warnings, "FailedMount", "FailedCreatePodSandBox", "FailedAttachVolume")
                .map(warning -> Verdict.fails(
                        Reason.CONTAINER_START_FAILED, "The node cannot start the pod: " + shorten(warning)))
                .orElseGet(() ->
                        Verdict.fails(Reason.CONTAINER_CREATING, "The node pulls the image or creates the container"));
    }

    private static Verdict starting(ContainerStatus container) {
        // A control plane that crashes again and again is running most of the time it is looked at.
        return lastExit(container)
                .filter(last -> container.getRestartCount() > 1)
                .map(last -> exited(last, container))
                .orElseGet(() -> Verdict.fails(
                        Reason.STARTING,
                        "The container runs since "
                                + container.getState().getRunning().getStartedAt()
                                + "; its API does not answer yet"));
    }

    private static Verdict exited(ContainerStateTerminated exit, ContainerStatus container) {
        String times = container.getRestartCount() == 0 ? "" : ", restarted " + container.getRestartCount() + " times";
        if ("OOMKilled".equals(exit.getReason())) {
            return Verdict.fails(
                    Reason.OUT_OF_MEMORY,
                    "The control plane used up its memory limit" + times
                            + "; raise controlPlane.resources.limits.memory");
        }
        String log =
                Optional.ofNullable(exit.getMessage()).map(Redaction::redact).orElse("");
        if (Wording.FULL_VOLUME.isSaidIn(log)) {
            return Verdict.fails(
                    Reason.VOLUME_FULL,
                    "The volume with the cluster's objects is full" + times
                            + "; raise storage.size if its StorageClass can expand volumes. The last lines: "
                            + tail(log.strip()));
        }
        if (Wording.AUTHENTICATION_REFUSED.isSaidIn(log)) {
            return Verdict.fails(
                    Reason.AUTHENTICATION_NOT_LOADED,
                    "The API server refuses spec.authentication, and exited" + times
                            + "; correct it, and the API server is started with it within minutes. Its last lines: "
                            + tail(log.strip()));
        }
        return Verdict.fails(
                Reason.CRASH_LOOP,
                "The control plane exited with code " + exit.getExitCode() + times
                        + (log.isBlank() ? "" : "; its last lines: " + tail(log.strip())));
    }

    private static Optional<ContainerStateTerminated> lastExit(ContainerStatus container) {
        return Optional.ofNullable(container.getLastState()).map(ContainerState::getTerminated);
    }

    private static Optional<PodCondition> condition(Pod pod, String type) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
    }

    private static String shorten(String text) {
        return text.length() <= MESSAGE_LIMIT ? text : text.substring(0, MESSAGE_LIMIT) + "…";
    }

    private static String tail(String text) {
        return text.length() <= MESSAGE_LIMIT ? text : "…" + text.substring(text.length() - MESSAGE_LIMIT);
    }
}
