package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.ControlPlane;
import dev.sandboxcluster.api.v1alpha1.MountedFiles;
import dev.sandboxcluster.api.v1alpha1.PodMetadata;
import dev.sandboxcluster.api.v1alpha1.PodSecurity;
import dev.sandboxcluster.operator.pod.Contribution;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What the host cluster asks of a pod, and users of it, with defaults where there are any; pure.
 *
 * @param labels the user's
 * @param annotations the user's
 * @param user as whom k3s runs
 * @param group the same
 * @param fsGroup who may use its volumes
 * @param files of ConfigMaps and Secrets that are not the operator's
 */
record PodSettings(
        Map<String, String> labels,
        Map<String, String> annotations,
        List<LocalObjectReference> imagePullSecrets,
        Optional<Affinity> affinity,
        List<TopologySpreadConstraint> topologySpreadConstraints,
        Optional<String> priorityClassName,
        long user,
        long group,
        long fsGroup,
        List<MountedFiles> files) {

    /** With a number behind it: a volume of the user's files. */
    static final String FILES_VOLUME = "files-";

    private static final long DEFAULT_ID = 65532;
    private static final int FOR_ALL = 0444;
    private static final int FOR_THE_GROUP = 0440;

    static PodSettings of(ControlPlane given) {
        Optional<PodMetadata> metadata = Optional.ofNullable(given.podMetadata());
        Optional<PodSecurity> security = Optional.ofNullable(given.securityContext());
        return new PodSettings(
                metadata.map(PodMetadata::labels).orElse(Map.of()),
                metadata.map(PodMetadata::annotations).orElse(Map.of()),
                Optional.ofNullable(given.imagePullSecrets()).orElse(List.of()),
                Optional.ofNullable(given.affinity()),
                Optional.ofNullable(given.topologySpreadConstraints()).orElse(List.of()),
                Optional.ofNullable(given.priorityClassName()),
                security.map(PodSecurity::runAsUser).orElse(DEFAULT_ID),
                security.map(PodSecurity::runAsGroup).orElse(DEFAULT_ID),
                security.map(PodSecurity::fsGroup).orElse(DEFAULT_ID),
                Optional.ofNullable(given.files()).orElse(List.of()));
    }

    /** The user's files. */
    Contribution contribution() {
        return Contribution.sum(IntStream.range(0, files.size())
                .mapToObj(i -> Contribution.ofVolume(
                        volume(FILES_VOLUME + i, files.get(i)), files.get(i).mountPath(), true))
                .toList());
    }

    private static Volume volume(String name, MountedFiles files) {
        VolumeBuilder volume = new VolumeBuilder().withName(name);
        return files.secret() == null
                ? volume.withNewConfigMap()
                        .withName(files.configMap().getName())
                        .withDefaultMode(FOR_ALL)
                        .endConfigMap()
                        .build()
                : volume.withNewSecret()
                        .withSecretName(files.secret().getName())
                        .withDefaultMode(FOR_THE_GROUP)
                        .endSecret()
                        .build();
    }
}
