package dev.sandboxcluster.operator.cluster;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;

/** The host cluster's warnings about an object: the only place that says why a pod was refused or cannot start. */
final class HostEvents {

    private static final long LIMIT = 50;

    private final KubernetesClient client;

    HostEvents(KubernetesClient client) {
        this.client = client;
    }

    /** The warning events about an object; one request. */
    List<Event> warnings(HasMetadata about) {
        return client.v1()
                .events()
                .inNamespace(about.getMetadata().getNamespace())
                .withFields(Map.of("involvedObject.uid", about.getMetadata().getUid(), "type", "Warning"))
                .list(new io.fabric8.kubernetes.api.model.ListOptionsBuilder()
                        .withLimit(LIMIT)
                        .build())
                .getItems();
    }
}
