package dev.sandboxcluster.operator.router;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes into the status of a route, and never of another that has its name since: a JSON patch can test the UID. */
final class StatusWriter implements Reporter.Writer {

    private static final String FIELD_MANAGER = "sandboxcluster-router";

    private final KubernetesClient client;

    StatusWriter(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public void write(Route route, Report report) {
        SandboxClusterRoute object = new SandboxClusterRoute();
        object.setMetadata(new ObjectMetaBuilder()
                .withNamespace(route.id().namespace())
                .withName(route.id().name())
                .build());
        client.resource(object)
                .subresource("status")
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON)
                                .withFieldManager(FIELD_MANAGER)
                                .build(),
                        Serialization.asJson(operations(route, report)));
    }

    private static List<Map<String, Object>> operations(Route route, Report report) {
        String lastUsedAt = report.lastUsedAt().truncatedTo(ChronoUnit.SECONDS).toString();
        List<Map<String, Object>> operations = new ArrayList<>();
        operations.add(Map.of(
                "op", "test", "path", "/metadata/uid", "value", route.id().uid()));
        if (route.demandedGeneration().isEmpty() && route.lastUsedAt().isEmpty()) {
            operations.add(add("/status", Map.of()));
        }
        operations.add(add("/status/lastUsedAt", lastUsedAt));
        report.demandedGeneration()
                .ifPresent(generation -> operations.add(add("/status/demandedGeneration", generation)));
        return operations;
    }

    private static Map<String, Object> add(String path, Object value) {
        return Map.of("op", "add", "path", path, "value", value);
    }
}
