package dev.sandboxcluster.operator.capability.exposure;

import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.Map;

/** The Service in front of the API server. */
final class ControlPlaneService {

    private ControlPlaneService() {}

    /**
     * What it is whatever its type; pure. It routes to the pod before the kubelet calls it ready: there is one pod only,
     * and who waits for the API server wants its first answer, not the kubelet's next probe.
     */
    static ServiceBuilder ofType(Identity sandbox, String type) {
        return new ServiceBuilder()
                .withMetadata(sandbox.metadata(sandbox.name()))
                // An annotation that is no longer wanted goes.
                .editMetadata()
                .withAnnotations(Map.of())
                .endMetadata()
                .withNewSpec()
                .withType(type)
                .withSelector(sandbox.podSelector())
                .withPublishNotReadyAddresses(true)
                .addNewPort()
                .withName("https")
                .withProtocol("TCP")
                .withPort(Endpoint.SERVICE_PORT)
                .withNewTargetPort(K3s.API_PORT)
                .endPort()
                .endSpec();
    }
}
