package dev.sandboxcluster.operator.host;

import dev.sandboxcluster.api.v1alpha1.Labels;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** The host cluster's warnings about an object: the only place that says why a pod was refused or cannot start. */
final class HostEvents {

    private static final long LIMIT = 50;

    private final KubernetesClient client;

    HostEvents(KubernetesClient client) {
        this.client = client;
    }

    /** Tells people who look at an object what is about to happen to it; one request. */
    void announce(HasMetadata about, String reason, String message, Instant now) {
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        client.resource(new EventBuilder()
                        .withNewMetadata()
                        .withGenerateName(about.getMetadata().getName() + ".")
                        .withNamespace(about.getMetadata().getNamespace())
                        .endMetadata()
                        .withNewInvolvedObject()
                        .withApiVersion(about.getApiVersion())
                        .withKind(about.getKind())
                        .withName(about.getMetadata().getName())
                        .withNamespace(about.getMetadata().getNamespace())
                        .withUid(about.getMetadata().getUid())
                        .endInvolvedObject()
                        .withType("Normal")
                        .withReason(reason)
                        .withMessage(message)
                        .withNewSource()
                        .withComponent(Labels.OPERATOR)
                        .endSource()
                        .withReportingComponent(Labels.OPERATOR)
                        .withFirstTimestamp(time)
                        .withLastTimestamp(time)
                        .withCount(1)
                        .build())
                .create();
    }

    /** The warning events about an object; one request. */
    List<Event> warnings(HasMetadata about) {
        return client.v1()
                .events()
                .inNamespace(about.getMetadata().getNamespace())
                .withFields(Map.of("involvedObject.uid", about.getMetadata().getUid(), "type", "Warning"))
                .list(new ListOptionsBuilder().withLimit(LIMIT).build())
                .getItems();
    }
}
