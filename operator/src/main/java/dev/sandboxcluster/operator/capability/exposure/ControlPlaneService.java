package dev.sandboxcluster.operator.capability.exposure;

import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.Map;
import java.util.Optional;

/** The Service in front of the API server. */
final class ControlPlaneService {

    private ControlPlaneService() {}

    /**
     * What it is whatever its type; pure. It routes to the pod before the kubelet calls it ready: there is one pod only,
     * and who waits for the API server wants its first answer, not the kubelet's next probe. It has IPv4, whichever
     * family the host cluster has first: k3s's own address ranges are of that one.
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
                .withIpFamilies("IPv4")
                .withPublishNotReadyAddresses(true)
                .addNewPort()
                .withName("https")
                .withProtocol("TCP")
                .withPort(Endpoint.SERVICE_PORT)
                .withNewTargetPort(K3s.API_PORT)
                .endPort()
                .endSpec();
    }

    /** The same with the families of the Service that is there: Kubernetes does not change the first. */
    static Service keepingFamilies(Service desired, Optional<Service> present) {
        present.map(known -> known.getSpec().getIpFamilies())
                .filter(families -> !families.isEmpty())
                .ifPresent(desired.getSpec()::setIpFamilies);
        return desired;
    }
}
