package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Containers;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** What a change of the control plane's StatefulSet does to it, told before it happens. */
final class RestartNotice {

    private static final int ARGUMENTS = 8;

    private RestartNotice() {}

    /** The notice, if the change replaces the pod; pure. */
    static Optional<String> of(StatefulSet present, StatefulSet desired) {
        Container before = container(present);
        Container after = container(desired);
        List<String> changes = new ArrayList<>();
        if (!after.getImage().equals(before.getImage())) {
            changes.add("image " + after.getImage());
        }
        changes.addAll(arguments(before.getArgs(), after.getArgs()));
        if (!after.getEnv().equals(before.getEnv())) {
            changes.add("environment");
        }
        if (!after.getResources().equals(before.getResources())) {
            changes.add("resources");
        }
        if (!PodRecord.renewedBefore(desired.getSpec().getTemplate())
                .equals(PodRecord.renewedBefore(present.getSpec().getTemplate()))) {
            changes.add("to renew its certificates");
        }
        changes.addAll(ofPod(present.getSpec().getTemplate(), desired.getSpec().getTemplate()));
        if (!PodRecord.restart(desired.getSpec().getTemplate())
                .equals(PodRecord.restart(present.getSpec().getTemplate()))) {
            changes.add("as asked for");
        }
        return changes.isEmpty()
                ? Optional.empty()
                : Optional.of("The control plane is started anew: " + String.join(", ", changes)
                        + ". Its API does not answer for some seconds");
    }

    /** What Kubernetes sets no defaults for. */
    private static List<String> ofPod(PodTemplateSpec before, PodTemplateSpec after) {
        List<String> changes = new ArrayList<>();
        note(changes, "labels", before, after, pod -> pod.getMetadata().getLabels());
        note(changes, "annotations", before, after, RestartNotice::annotations);
        note(changes, "nodeSelector", before, after, pod -> pod.getSpec().getNodeSelector());
        note(changes, "tolerations", before, after, pod -> pod.getSpec().getTolerations());
        note(changes, "affinity", before, after, pod -> pod.getSpec().getAffinity());
        note(changes, "topologySpreadConstraints", before, after, pod -> pod.getSpec()
                .getTopologySpreadConstraints());
        note(changes, "priorityClassName", before, after, pod -> pod.getSpec().getPriorityClassName());
        note(changes, "imagePullSecrets", before, after, pod -> pod.getSpec().getImagePullSecrets());
        note(changes, "securityContext", before, after, pod -> pod.getSpec().getSecurityContext());
        note(changes, "files", before, after, pod -> pod.getSpec().getVolumes());
        return changes;
    }

    /** The operator's own are told of by themselves. */
    private static Map<String, String> annotations(PodTemplateSpec pod) {
        Map<String, String> others = new TreeMap<>(
                Optional.ofNullable(pod.getMetadata().getAnnotations()).orElse(Map.of()));
        others.remove(Annotations.RENEWED_BEFORE);
        return others;
    }

    private static void note(
            List<String> changes,
            String name,
            PodTemplateSpec before,
            PodTemplateSpec after,
            Function<PodTemplateSpec, Object> part) {
        if (!Objects.equals(part.apply(before), part.apply(after))) {
            changes.add(name);
        }
    }

    private static List<String> arguments(List<String> before, List<String> after) {
        List<String> changes = Stream.concat(
                        after.stream().filter(argument -> !before.contains(argument)),
                        before.stream()
                                .filter(argument -> !after.contains(argument))
                                .map(argument -> "without " + argument))
                .toList();
        return changes.size() <= ARGUMENTS
                ? changes
                : Stream.concat(changes.stream().limit(ARGUMENTS), Stream.of("…"))
                        .toList();
    }

    private static Container container(StatefulSet statefulSet) {
        return Containers.named(
                        K3s.CONTAINER, statefulSet.getSpec().getTemplate().getSpec())
                .orElseGet(Container::new);
    }
}
