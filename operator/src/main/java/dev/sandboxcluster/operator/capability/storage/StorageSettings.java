package dev.sandboxcluster.operator.capability.storage;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.Storage;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.k3s.ServerArguments;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.pod.Contribution;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.List;
import java.util.Optional;

/**
 * Where a sandbox's objects are kept; pure.
 *
 * @param claim how the volume is to be; empty: the objects live and die with the pod
 */
public record StorageSettings(Optional<Claim> claim) {

    private static final Quantity LARGEST_EPHEMERAL = new Quantity("2Gi");

    /**
     * The volume of a Persistent sandbox.
     *
     * @param storageClassName empty: the host cluster's default class
     * @param retained whether it outlives the SandboxCluster
     */
    public record Claim(String size, Optional<String> storageClassName, boolean retained) {}

    /** What the spec says, with the defaults. */
    public static StorageSettings of(SandboxClusterSpec spec) {
        return new StorageSettings(Optional.ofNullable(spec.storage())
                .filter(wanted -> wanted.type() == Storage.Type.Persistent)
                .map(wanted -> new Claim(
                        Optional.ofNullable(wanted.size()).orElse(Storage.DEFAULT_SIZE),
                        Optional.ofNullable(wanted.storageClassName()),
                        wanted.retentionPolicy() == Storage.RetentionPolicy.Retain)));
    }

    /** Whether the objects outlive the pod. */
    public boolean persistent() {
        return claim.isPresent();
    }

    /**
     * What the pod needs for it.
     *
     * @param clusterIp the address of the sandbox's Service
     */
    public Contribution contribution(Identity sandbox, Optional<String> clusterIp) {
        Contribution data = Contribution.ofVolume(persistent() ? claimed(sandbox) : ephemeral(), K3s.DATA_DIR, null);
        return persistent()
                ? data.withArguments(clusterIp.map(ServerArguments::ownAddress).orElse(List.of()))
                : data;
    }

    private static Volume claimed(Identity sandbox) {
        return new VolumeBuilder()
                .withName(Contribution.DATA)
                .withNewPersistentVolumeClaim()
                .withClaimName(VolumeClaim.name(sandbox))
                .endPersistentVolumeClaim()
                .build();
    }

    private static Volume ephemeral() {
        return new VolumeBuilder()
                .withName(Contribution.DATA)
                .withNewEmptyDir()
                .withSizeLimit(LARGEST_EPHEMERAL)
                .endEmptyDir()
                .build();
    }
}
