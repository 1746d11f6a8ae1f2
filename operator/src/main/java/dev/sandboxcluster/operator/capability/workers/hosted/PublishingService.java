package dev.sandboxcluster.operator.capability.workers.hosted;

import dev.sandboxcluster.api.v1alpha1.HostedPublication;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The Service of the host cluster by which one of a sandbox is reached: at its nodes, which forward it. */
public final class PublishingService {

    private PublishingService() {}

    static String name(Identity sandbox, String publication) {
        return sandbox.name() + "-" + publication;
    }

    /**
     * The Service; pure.
     *
     * @param nodePort at which the sandbox's nodes forward it; empty: they don't, and it leads nowhere
     * @param present what is there, whose address family stays
     */
    public static Service desired(
            Identity sandbox, Published published, Optional<Integer> nodePort, Optional<Service> present) {
        return service(
                sandbox,
                published.name(),
                published.serviceType(),
                published.what().port(),
                nodePort,
                present);
    }

    /** What is left of one that isn't wanted any more: the operator has no right to delete Services. */
    static Service withdrawn(Identity sandbox, Service present) {
        return service(
                sandbox,
                present.getMetadata().getLabels().get(Labels.PUBLISHED),
                HostedPublication.Type.ClusterIP.name(),
                present.getSpec().getPorts().get(0).getPort(),
                Optional.empty(),
                Optional.of(present));
    }

    /** The port of the nodes to which one that is there leads; empty: nowhere. */
    static Optional<Integer> forwards(Identity sandbox, Service present) {
        return HostedObjects.selector(sandbox).equals(present.getSpec().getSelector())
                ? present.getSpec().getPorts().stream().findFirst().flatMap(port -> Optional.ofNullable(
                                port.getTargetPort())
                        .map(IntOrString::getIntVal))
                : Optional.empty();
    }

    private static Service service(
            Identity sandbox,
            String name,
            String type,
            int port,
            Optional<Integer> nodePort,
            Optional<Service> present) {
        Map<String, String> selector = new TreeMap<>(HostedObjects.selector(sandbox));
        if (nodePort.isEmpty()) {
            // No pod has this. Without a selector, who was selected last would stay.
            selector.put(Labels.PUBLISHED, name);
        }
        Service service = new ServiceBuilder()
                .withMetadata(new ObjectMetaBuilder(HostedObjects.metadata(sandbox, name(sandbox, name)))
                        .addToLabels(Labels.PUBLISHED, name)
                        .build())
                .withNewSpec()
                .withType(type)
                .withSelector(selector)
                .withIpFamilies("IPv4")
                .addNewPort()
                .withName("published")
                .withProtocol("TCP")
                .withPort(port)
                .withNewTargetPort(nodePort.orElse(port))
                .endPort()
                .endSpec()
                .build();
        present.map(known -> known.getSpec().getIpFamilies())
                .filter(families -> !families.isEmpty())
                .ifPresent(service.getSpec()::setIpFamilies);
        return service;
    }
}
