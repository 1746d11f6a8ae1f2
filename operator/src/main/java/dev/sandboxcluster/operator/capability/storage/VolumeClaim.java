package dev.sandboxcluster.operator.capability.storage;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import java.util.Optional;

/**
 * The claim of the volume on which a Persistent sandbox's objects live. Not a StatefulSet's template: its size could not
 * be changed there.
 */
public final class VolumeClaim {

    private VolumeClaim() {}

    static String name(Identity sandbox) {
        return sandbox.name() + "-data";
    }

    /**
     * The claim; pure.
     *
     * @param existing the claim as it is: it keeps its class, and does not shrink
     */
    public static PersistentVolumeClaim desired(
            Identity sandbox, StorageSettings.Claim wanted, String caHash, Optional<PersistentVolumeClaim> existing) {
        Quantity smallest = new Quantity(wanted.size());
        Quantity size = existing.map(
                        claim -> claim.getSpec().getResources().getRequests().get("storage"))
                .filter(present -> present.getNumericalAmount().compareTo(smallest.getNumericalAmount()) > 0)
                .orElse(smallest);
        return new PersistentVolumeClaimBuilder()
                .withMetadata(new ObjectMetaBuilder(sandbox.metadata(name(sandbox), wanted.retained()))
                        .withAnnotations(Map.of(Annotations.CA_HASH, caHash))
                        .build())
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withStorageClassName(wanted.storageClassName()
                        .map(named -> existing.map(claim -> claim.getSpec().getStorageClassName())
                                .orElse(named))
                        .orElse(null))
                .withNewResources()
                .addToRequests("storage", size)
                .endResources()
                .endSpec()
                .build();
    }

    /** The CA of the sandbox on the volume. */
    static Optional<String> caHash(PersistentVolumeClaim claim) {
        return Optional.ofNullable(claim.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(Annotations.CA_HASH));
    }
}
