package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Containers;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;
import java.util.stream.Collectors;

/** Containers that webhooks of the host cluster add to the pod: what they keep from going on. */
final class OtherContainers {

    private OtherContainers() {}

    /** The verdict if one that has to end, or to run, before the control plane does not; pure. */
    static Optional<Verdict> before(Pod pod) {
        return pod.getStatus().getInitContainerStatuses().stream()
                .flatMap(container -> failure(container)
                        .map(what -> Verdict.fails(
                                Reason.CONTAINER_START_FAILED,
                                "The container " + container.getName()
                                        + ", which the operator did not put into the pod, has to come before the control"
                                        + " plane, and fails: " + what + ". If it is not needed, opt out of it by"
                                        + " controlPlane.podMetadata"))
                        .stream())
                .findFirst();
    }

    /** What to add about those that keep the pod from being Ready, though the control plane is; pure. */
    static String beside(Pod pod) {
        String others = pod.getStatus().getContainerStatuses().stream()
                .filter(container -> !container.getName().equals(K3s.CONTAINER))
                .filter(container -> !Boolean.TRUE.equals(container.getReady()))
                .map(ContainerStatus::getName)
                .collect(Collectors.joining(", "));
        return others.isEmpty() ? "" : "; its pod is not Ready because of other containers: " + others;
    }

    private static Optional<String> failure(ContainerStatus container) {
        ContainerState state = Optional.ofNullable(container.getState()).orElseGet(ContainerState::new);
        Optional<ContainerStateTerminated> ended = Optional.ofNullable(state.getTerminated())
                .or(() -> Optional.ofNullable(container.getLastState()).map(ContainerState::getTerminated))
                .filter(end -> end.getExitCode() != null && end.getExitCode() != 0)
                .filter(end -> state.getRunning() == null);
        return ended.map(end -> "it exited with code " + end.getExitCode())
                .or(() -> Containers.heldUp(container).map(ContainerStateWaiting::getReason));
    }
}
