package dev.sandboxcluster.operator.cluster.desired;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import java.util.Optional;

/**
 * The claim of the volume in which a Persistent cluster's objects live. Not a StatefulSet's template: its size could not
 * be changed there.
 */
public final class VolumeClaim {

    /** Names the CA of the cluster whose objects are on the volume: k3s does not start on those of another. */
    public static final String CA_HASH = SandboxCluster.GROUP + "/ca-hash";

    private VolumeClaim() {}

    /**
     * The claim; pure.
     *
     * @param existing the claim as it is: it keeps its class, and does not shrink
     */
    public static PersistentVolumeClaim desired(
            Blueprint blueprint, String caHash, Optional<PersistentVolumeClaim> existing) {
        Blueprint.Volume volume = blueprint.volume().orElseThrow();
        Quantity wanted = new Quantity(volume.size());
        Quantity size = existing.map(
                        claim -> claim.getSpec().getResources().getRequests().get("storage"))
                .filter(present -> present.getNumericalAmount().compareTo(wanted.getNumericalAmount()) > 0)
                .orElse(wanted);
        return new PersistentVolumeClaimBuilder()
                .withMetadata(new ObjectMetaBuilder(Labels.keptMetadata(blueprint, blueprint.volumeClaimName()))
                        .withAnnotations(Map.of(CA_HASH, caHash))
                        .build())
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withStorageClassName(volume.storageClassName()
                        .map(named -> existing.map(claim -> claim.getSpec().getStorageClassName())
                                .orElse(named))
                        .orElse(null))
                .withNewResources()
                .addToRequests("storage", size)
                .endResources()
                .endSpec()
                .build();
    }

    /** The CA of the cluster on the volume. */
    public static Optional<String> caHash(PersistentVolumeClaim claim) {
        return Optional.ofNullable(claim.getMetadata().getAnnotations()).map(annotations -> annotations.get(CA_HASH));
    }
}
