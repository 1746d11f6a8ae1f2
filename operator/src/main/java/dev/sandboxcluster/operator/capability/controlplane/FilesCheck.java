package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.verdict.Verdict;
import dev.sandboxcluster.operator.verdict.Wording;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.List;
import java.util.Optional;

/** Whether the ConfigMaps and Secrets are there that the user names in {@code controlPlane.files}. */
final class FilesCheck {

    private FilesCheck() {}

    /** The verdict if the node misses one; pure. */
    static Optional<Verdict> check(Pod pod, List<Event> warnings) {
        List<Volume> volumes =
                Optional.ofNullable(pod.getSpec()).map(PodSpec::getVolumes).orElse(List.of());
        return volumes.stream()
                .filter(volume -> volume.getName().startsWith(PodSettings.FILES_VOLUME))
                .filter(volume -> isMissing(volume, warnings))
                .map(FilesCheck::source)
                .findFirst()
                .map(missing -> Verdict.fails(
                        Reason.FILES_NOT_FOUND,
                        "The " + missing + ", which controlPlane.files names, is not in the namespace: create it, or"
                                + " correct the name. The pod goes on by itself"));
    }

    private static boolean isMissing(Volume volume, List<Event> warnings) {
        return warnings.stream()
                .filter(event -> "FailedMount".equals(event.getReason()))
                .anyMatch(event -> volume.getConfigMap() == null
                        ? Wording.NO_SECRET.isSaidIn(
                                event.getMessage(), quoted(volume.getSecret().getSecretName()))
                        : Wording.NO_CONFIG_MAP.isSaidIn(
                                event.getMessage(), quoted(volume.getConfigMap().getName())));
    }

    private static String quoted(String name) {
        return "\"" + name + "\" not found";
    }

    private static String source(Volume volume) {
        return volume.getConfigMap() == null
                ? "Secret " + volume.getSecret().getSecretName()
                : "ConfigMap " + volume.getConfigMap().getName();
    }
}
