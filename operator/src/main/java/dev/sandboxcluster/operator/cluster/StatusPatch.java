package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.host.HostObjects;
import dev.sandboxcluster.operator.host.OwnerGoneException;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;

/**
 * Writes the status of one SandboxCluster, and never that of another of the same name, which may be there since this one
 * was looked at. A JSON patch can test the UID; server-side apply takes no notice of it where it is about a status.
 */
final class StatusPatch {

    private static final int UNPROCESSABLE = 422;

    private StatusPatch() {}

    /**
     * Replaces the whole status; one request.
     *
     * @throws OwnerGoneException if another one has its name
     * @throws KubernetesClientException as the API server refuses it; with code 404 if there is none of its name
     */
    static void write(
            KubernetesClient client, SandboxCluster cluster, SandboxClusterStatus status, String fieldManager) {
        try {
            client.resource(cluster)
                    .subresource("status")
                    .patch(
                            new PatchContext.Builder()
                                    .withPatchType(PatchType.JSON)
                                    .withFieldManager(fieldManager)
                                    .build(),
                            operations(cluster.getMetadata().getUid(), status));
        } catch (KubernetesClientException refused) {
            if (refused.getCode() == UNPROCESSABLE
                    && HostObjects.still(client, cluster).isEmpty()) {
                throw new OwnerGoneException(cluster.getMetadata().getName());
            }
            throw refused;
        }
    }

    private static String operations(String uid, SandboxClusterStatus status) {
        return Serialization.asJson(List.of(
                Map.of("op", "test", "path", "/metadata/uid", "value", uid),
                Map.of("op", "add", "path", "/status", "value", status)));
    }
}
