package dev.sandboxcluster.operator.capability.workers.simulated.session;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.k3s.ServerArguments;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** By which claims are bound to volumes that nobody has. It is the default one, unless there is another. */
final class SimulatedStorageClass {

    static final String NAME = "simulated";

    private static final String DEFAULT = "storageclass.kubernetes.io/is-default-class";
    private static final long LOOKED_AT = 100;

    private SimulatedStorageClass() {}

    /** Makes it, unless it is there; or deletes it. Three requests at most. */
    static void settle(KubernetesClient client, boolean wanted) {
        List<StorageClass> present = client.storage()
                .v1()
                .storageClasses()
                .list(new ListOptionsBuilder().withLimit(LOOKED_AT).build())
                .getItems();
        Optional<StorageClass> own = present.stream()
                .filter(known -> known.getMetadata().getName().equals(NAME))
                .findFirst();
        // A class's provisioner can't be changed, and an earlier release made it with another.
        Optional<StorageClass> over = own.filter(
                        known -> isTrue(known.getMetadata().getLabels(), Labels.SIMULATED))
                .filter(known -> !wanted || !ServerArguments.HOST_PATH_PROVISIONER.equals(known.getProvisioner()));
        over.ifPresent(known -> client.resource(known).delete());
        if (wanted && (own.isEmpty() || over.isPresent())) {
            create(
                    client,
                    present.stream()
                            .filter(known -> !known.getMetadata().getName().equals(NAME))
                            .noneMatch(known -> isTrue(known.getMetadata().getAnnotations(), DEFAULT)));
        }
    }

    private static void create(KubernetesClient client, boolean byDefault) {
        try {
            client.resource(desired(byDefault)).create();
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw refused;
            }
        }
    }

    static StorageClass desired(boolean byDefault) {
        return new StorageClassBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withLabels(Map.of(Labels.SIMULATED, "true"))
                .withAnnotations(byDefault ? Map.of(DEFAULT, "true") : Map.of())
                .endMetadata()
                .withProvisioner(ServerArguments.HOST_PATH_PROVISIONER)
                .withReclaimPolicy("Delete")
                .withVolumeBindingMode("Immediate")
                .build();
    }

    private static boolean isTrue(Map<String, String> said, String key) {
        return said != null && "true".equals(said.get(key));
    }
}
