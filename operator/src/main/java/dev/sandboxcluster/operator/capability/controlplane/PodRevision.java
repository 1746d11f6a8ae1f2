package dev.sandboxcluster.operator.capability.controlplane;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.util.Objects;
import java.util.Optional;

/** Which revision of a StatefulSet a pod is of; pure. */
final class PodRevision {

    /** Kubernetes's own label on pods of StatefulSets (k8s.io/api, apps/v1, ControllerRevisionHashLabelKey). */
    private static final String LABEL = "controller-revision-hash";

    private PodRevision() {}

    /** Whether a pod is of the StatefulSet as it is now, as far as the host cluster has said anything about it. */
    static boolean isCurrent(Pod pod, StatefulSet statefulSet) {
        Optional<StatefulSetStatus> status = Optional.ofNullable(statefulSet.getStatus());
        boolean observed = status.map(StatefulSetStatus::getObservedGeneration)
                .map(seen -> seen
                        >= Objects.requireNonNullElse(statefulSet.getMetadata().getGeneration(), 0L))
                .orElse(true);
        Optional<String> mine =
                Optional.ofNullable(pod.getMetadata().getLabels()).map(labels -> labels.get(LABEL));
        return observed
                && pod.getMetadata().getDeletionTimestamp() == null
                && (mine.isEmpty()
                        || status.map(StatefulSetStatus::getUpdateRevision)
                                .map(mine.get()::equals)
                                .orElse(true));
    }
}
