package dev.sandboxcluster.operator.objects;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.Optional;

/** Finds containers by name: others may stand beside them, and before them. */
public final class Containers {

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
}
