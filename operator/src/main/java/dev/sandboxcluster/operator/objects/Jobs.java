package dev.sandboxcluster.operator.objects;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Optional;

/** Jobs that do one thing for a sandbox, and that the host cluster ends and deletes by itself. */
public final class Jobs {

    /** A merge patch that has the host cluster end and delete one that nobody needs any more. */
    public static final String END = "{\"spec\": {\"activeDeadlineSeconds\": 1, \"ttlSecondsAfterFinished\": 0}}";

    private Jobs() {}

    /** Whether its pods have a label: by that it is known what it is for. */
    public static boolean isFor(String label, Job job) {
        return Optional.ofNullable(job.getSpec().getTemplate().getMetadata())
                .map(metadata -> metadata.getLabels())
                .filter(labels -> labels.containsKey(label))
                .isPresent();
    }

    /** Whether it is the wanted one. */
    public static boolean isThat(Optional<Job> wanted, Job job) {
        return wanted.filter(it ->
                        it.getMetadata().getName().equals(job.getMetadata().getName()))
                .isPresent();
    }

    /** Whether nobody needs it any more. */
    public static boolean isEnded(Job job) {
        return Integer.valueOf(0).equals(job.getSpec().getTtlSecondsAfterFinished());
    }

    /** Whether it is said of it, {@code Complete} or {@code Failed}. */
    public static boolean is(Job job, String condition) {
        return Optional.ofNullable(job.getStatus()).stream()
                .flatMap(status -> status.getConditions().stream())
                .anyMatch(is -> is.getType().equals(condition) && "True".equals(is.getStatus()));
    }

    /** How a pod's container ended, if it did. */
    public static Optional<ContainerStateTerminated> exit(String container, Pod pod) {
        return Containers.status(container, pod).map(ContainerStatus::getState).map(ContainerState::getTerminated);
    }

    /** Whether it did what it is for. A container that others added to its pod may still run. */
    public static boolean hasDone(Job job, String container, Optional<Pod> pod) {
        return is(job, "Complete")
                || pod.flatMap(present -> exit(container, present))
                        .filter(exit -> exit.getExitCode() == 0)
                        .isPresent();
    }
}
