package dev.sandboxcluster.operator.objects;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.verdict.Conditions;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a sandbox when a reconciliation begins.
 *
 * @param annotations of the SandboxCluster
 * @param generation of the spec that is looked at
 * @param previous what was reported last
 * @param pod the control plane's pod, if there is one
 */
public record Situation(
        Identity sandbox,
        Map<String, String> annotations,
        Long generation,
        SandboxClusterStatus previous,
        Optional<Pod> pod,
        Instant now) {

    /** That of a SandboxCluster which the API server knows. */
    public static Situation of(SandboxCluster cluster, SandboxClusterStatus previous, Optional<Pod> pod, Instant now) {
        return new Situation(
                Identity.of(cluster),
                Optional.ofNullable(cluster.getMetadata().getAnnotations()).orElse(Map.of()),
                cluster.getMetadata().getGeneration(),
                previous,
                pod,
                now);
    }

    /** What the user wishes by an annotation. */
    public Optional<String> annotation(String key) {
        return Optional.ofNullable(annotations.get(key));
    }

    /** The control plane's pod, unless it is about to end. */
    public Optional<Pod> lastingPod() {
        return pod.filter(present -> present.getMetadata().getDeletionTimestamp() == null);
    }

    /** The state of the container that runs k3s, once the kubelet has reported it. */
    public Optional<ContainerStatus> container() {
        return pod.flatMap(present -> Containers.status(K3s.CONTAINER, present));
    }

    /** When the control plane that runs now was started, RFC 3339; empty: none runs. */
    public Optional<String> startedAt() {
        return container()
                .map(ContainerStatus::getState)
                .map(ContainerState::getRunning)
                .map(ContainerStateRunning::getStartedAt);
    }

    /** Whether the container was created at least once: then no warning tells more than its own state. */
    public boolean containerCreated() {
        return container()
                .map(ContainerStatus::getContainerID)
                .filter(id -> !id.isEmpty())
                .isPresent();
    }

    /**
     * The verdict that was reported for the same start of the same control plane at the same URL: it holds until the
     * operator, after a restart of its own, has looked again.
     */
    public Optional<Verdict> lastKnown(ConditionType type, Optional<String> url) {
        return startedAt()
                .filter(started -> started.equals(previous.startedAt()))
                .filter(started -> url.equals(Optional.ofNullable(previous.endpoint())))
                .flatMap(started -> Conditions.previous(previous.conditions(), type))
                .map(Conditions::verdict);
    }

    /** What was reported last of the same start, if it was about the present spec, and the control plane ran. */
    public Optional<Verdict> lastKnownOfThisSpec(ConditionType type) {
        return lastKnown(type, Optional.ofNullable(previous.endpoint()))
                .filter(verdict -> !verdict.reason().equals(Reason.CONTROL_PLANE_NOT_RUNNING))
                .filter(any -> Conditions.previous(previous.conditions(), type)
                        .map(Condition::getObservedGeneration)
                        .filter(observed -> observed.equals(generation))
                        .isPresent());
    }

    /**
     * Whether the same start of the control plane was Ready already.
     *
     * @param part what was part of that then
     */
    public boolean wasReadyWith(ConditionType part) {
        return Conditions.previous(previous.conditions(), part).isPresent()
                && lastKnown(ConditionType.Ready, Optional.ofNullable(previous.endpoint()))
                        .filter(Verdict::met)
                        .isPresent();
    }
}
