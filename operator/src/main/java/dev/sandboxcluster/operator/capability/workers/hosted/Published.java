package dev.sandboxcluster.operator.capability.workers.hosted;

import dev.sandboxcluster.api.v1alpha1.HostedPublication;
import dev.sandboxcluster.api.v1alpha1.HostedPublication.Target;
import dev.sandboxcluster.operator.capability.workers.external.plan.Publication;
import java.util.Optional;

/**
 * A Service of the sandbox that is to be reached from outside, with every default filled in.
 *
 * @param what is forwarded
 * @param type how it is reached
 * @param ingress of type Ingress: its host name and certificate
 */
public record Published(
        Publication what, HostedPublication.Type type, Optional<HostedPublication.PublishedIngress> ingress) {

    static Published of(HostedPublication publication) {
        Target target = publication.service();
        return new Published(
                new Publication(
                        publication.name(),
                        Optional.ofNullable(target.namespace()).orElse(Target.DEFAULT_NAMESPACE),
                        target.name(),
                        target.port()),
                Optional.ofNullable(publication.type()).orElse(HostedPublication.Type.ClusterIP),
                Optional.ofNullable(publication.ingress()));
    }

    /** Its name in the spec. */
    public String name() {
        return what.name();
    }

    /** The type of the host cluster's Service. */
    String serviceType() {
        return (type == HostedPublication.Type.LoadBalancer ? type : HostedPublication.Type.ClusterIP).name();
    }
}
