package dev.sandboxcluster.operator.capability.storage;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.operator.objects.Annotated;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
     * @param certificatesExpireAt when the certificates on it end, as far as that is known
     */
    public static PersistentVolumeClaim desired(
            Identity sandbox,
            StorageSettings.Claim wanted,
            String caHash,
            Optional<PersistentVolumeClaim> existing,
            Optional<String> certificatesExpireAt) {
        Quantity smallest = new Quantity(wanted.size());
        Quantity size = existing.map(
                        claim -> claim.getSpec().getResources().getRequests().get("storage"))
                .filter(present -> present.getNumericalAmount().compareTo(smallest.getNumericalAmount()) > 0)
                .orElse(smallest);
        Map<String, String> annotations = new TreeMap<>(Map.of(Annotations.CA_HASH, caHash));
        certificatesExpireAt
                .or(() -> existing.flatMap(claim -> Annotated.value(claim, Annotations.CERTIFICATES_EXPIRE_AT)))
                .ifPresent(end -> annotations.put(Annotations.CERTIFICATES_EXPIRE_AT, end));
        return new PersistentVolumeClaimBuilder()
                .withMetadata(new ObjectMetaBuilder(sandbox.metadata(name(sandbox), wanted.retained()))
                        .withAnnotations(annotations)
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
