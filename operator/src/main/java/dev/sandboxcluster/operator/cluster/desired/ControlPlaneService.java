package dev.sandboxcluster.operator.cluster.desired;

import dev.sandboxcluster.operator.k3s.K3s;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;

/** The Service in front of the API server. */
public final class ControlPlaneService {

    /** The Service's port for pods of the host cluster. */
    public static final int PORT = 443;

    private ControlPlaneService() {}

    /**
     * The Service; pure. It routes to the pod before the kubelet calls it ready: there is one pod only, and who waits
     * for the API server wants its first answer, not the kubelet's next probe.
     */
    public static Service desired(Blueprint blueprint) {
        return new ServiceBuilder()
                .withMetadata(new ObjectMetaBuilder(Labels.metadata(blueprint, blueprint.name()))
                        .withAnnotations(blueprint.loadBalancerAnnotations())
                        .build())
                .withNewSpec()
                .withType(blueprint.exposeType().name())
                .withLoadBalancerClass(blueprint.loadBalancerClass().orElse(null))
                .withSelector(Labels.podSelector(blueprint))
                .withPublishNotReadyAddresses(true)
                .addNewPort()
                .withName("https")
                .withProtocol("TCP")
                .withPort(PORT)
                .withNewTargetPort(K3s.API_PORT)
                .withNodePort(blueprint.nodePort().orElse(null))
                .endPort()
                .endSpec()
                .build();
    }
}
