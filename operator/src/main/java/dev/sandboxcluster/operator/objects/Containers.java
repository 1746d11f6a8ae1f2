package dev.sandboxcluster.operator.objects;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.Optional;
import java.util.Set;

/** Finds containers by name: others may stand beside them, and before them. And how one does. */
public final class Containers {

    private static final Set<String> ON_THE_WAY = Set.of("PodInitializing", "ContainerCreating");
    private static final Set<String> IMAGE_PULL =
            Set.of("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "RegistryUnavailable", "InvalidImageName");

    private Containers() {}

    /** The container of that name. */
    public static Optional<Container> named(String name, PodSpec pod) {
        return pod.getContainers().stream()
                .filter(container -> container.getName().equals(name))
                .findFirst();
    }

    /** The state of the container of that name, once the kubelet has reported it. */
    public static Optional<ContainerStatus> status(String name, Pod pod) {
        return Optional.ofNullable(pod.getStatus()).stream()
                .flatMap(status -> status.getContainerStatuses().stream())
                .filter(container -> container.getName().equals(name))
                .findFirst();
    }

    /** Why it waits, unless it does so on its way. */
    public static Optional<ContainerStateWaiting> heldUp(ContainerStatus container) {
        return Optional.ofNullable(container.getState())
                .map(ContainerState::getWaiting)
                .filter(waiting -> waiting.getReason() != null && !ON_THE_WAY.contains(waiting.getReason()));
    }

    /** Whether it waits for an image that the node can't have. */
    public static boolean lacksImage(ContainerStateWaiting waiting) {
        return waiting.getReason() != null && IMAGE_PULL.contains(waiting.getReason());
    }

    /** How it ended; that of the start before, if it is held up since. */
    public static Optional<ContainerStateTerminated> exit(ContainerStatus container) {
        return Optional.ofNullable(container.getState())
                .map(ContainerState::getTerminated)
                .or(() -> heldUp(container)
                        .flatMap(any -> Optional.ofNullable(container.getLastState()))
                        .map(ContainerState::getTerminated));
    }
}
