package dev.sandboxcluster.operator.capability.workers.simulated.session;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.objects.ProgramFile;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What stands for a metrics server: two CustomResourceDefinitions, whose objects kwok writes. A real server that is there
 * already is left alone.
 */
final class SimulatedMetrics {

    private static final String FILE = "metrics.yaml";
    private static final String API_SERVICE = "v1beta1.metrics.k8s.io";

    private SimulatedMetrics() {}

    /** Makes them, unless they are there, or deletes them; within five requests. They are served a moment later. */
    static void settle(KubernetesClient client, boolean wanted) {
        if (!wanted) {
            withdraw(client);
        } else if (!hasServer(client)) {
            desired().forEach(definition -> create(client, definition));
        }
    }

    private static void withdraw(KubernetesClient client) {
        desired().stream()
                .map(definition -> client.resource(definition).get())
                .filter(Objects::nonNull)
                .filter(present -> present.getMetadata().getLabels() != null
                        && "true".equals(present.getMetadata().getLabels().get(Labels.SIMULATED)))
                .forEach(present -> client.resource(present).delete());
    }

    /** Whether somebody answers, or is to answer, by a Service. */
    private static boolean hasServer(KubernetesClient client) {
        return Optional.ofNullable(client.genericKubernetesResources("apiregistration.k8s.io/v1", "APIService")
                        .withName(API_SERVICE)
                        .get())
                .map(found -> found.get("spec", "service"))
                .isPresent();
    }

    private static void create(KubernetesClient client, CustomResourceDefinition definition) {
        try {
            client.resource(definition).create();
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw refused;
            }
        }
    }

    static List<CustomResourceDefinition> desired() {
        return Arrays.stream(ProgramFile.text(SimulatedMetrics.class, FILE).split("\n---\n"))
                .map(one -> Serialization.unmarshal(one, CustomResourceDefinition.class))
                .toList();
    }
}
