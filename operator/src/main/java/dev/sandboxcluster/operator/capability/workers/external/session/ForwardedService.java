package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.capability.workers.external.plan.Publication;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Service in a sandbox by which every node forwards another one, at a port that the sandbox chooses; pure. */
final class ForwardedService {

    private static final String NODE_PORT = "NodePort";
    private static final String TCP = "TCP";
    private static final String PREFIX = "sandboxcluster-publish-";

    private ForwardedService() {}

    static String name(Publication wanted) {
        return PREFIX + wanted.name();
    }

    /** Whether one that has the label may be the operator's. */
    static boolean isOurs(Service service) {
        return service.getMetadata().getName().startsWith(PREFIX);
    }

    /** The port that is to be forwarded; empty: the Service has no such one. */
    static Optional<ServicePort> port(Publication wanted, Service named) {
        return named.getSpec().getPorts().stream()
                .filter(port -> port.getPort() == wanted.port())
                .filter(port ->
                        TCP.equals(Optional.ofNullable(port.getProtocol()).orElse(TCP)))
                .findFirst();
    }

    /** What leads to the pods of another Service. */
    static Service desired(Publication wanted, Service named, ServicePort port) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName(name(wanted))
                .withNamespace(wanted.namespace())
                .addToLabels(Labels.PUBLISHED, wanted.name())
                .addToLabels(Labels.MANAGED_BY, Labels.OPERATOR)
                .endMetadata()
                .withNewSpec()
                .withType(NODE_PORT)
                .withSelector(named.getSpec().getSelector())
                .addNewPort()
                .withProtocol(TCP)
                .withPort(port.getPort())
                .withTargetPort(port.getTargetPort())
                .endPort()
                .endSpec()
                .build();
    }

    /** The one that is there as it is to be, at its port; the same where nothing has to be changed. */
    static Service settled(Service present, Service desired) {
        ServiceSpec spec = present.getSpec();
        ServicePort wanted = desired.getSpec().getPorts().get(0);
        boolean same = NODE_PORT.equals(spec.getType())
                && desired.getSpec().getSelector().equals(spec.getSelector())
                && spec.getPorts().size() == 1
                && wanted.getPort().equals(spec.getPorts().get(0).getPort())
                && wanted.getProtocol().equals(spec.getPorts().get(0).getProtocol())
                && wanted.getTargetPort().equals(spec.getPorts().get(0).getTargetPort());
        return same
                ? present
                : new ServiceBuilder(present)
                        .editSpec()
                        .withType(NODE_PORT)
                        .withSelector(Map.copyOf(desired.getSpec().getSelector()))
                        .withPorts(new ServicePortBuilder(wanted)
                                .withNodePort(nodePort(present).orElse(null))
                                .build())
                        .endSpec()
                        .build();
    }

    /** The port of every node at which it is forwarded. */
    static Optional<Integer> nodePort(Service present) {
        List<ServicePort> ports = present.getSpec().getPorts();
        return ports.stream().findFirst().map(ServicePort::getNodePort);
    }
}
