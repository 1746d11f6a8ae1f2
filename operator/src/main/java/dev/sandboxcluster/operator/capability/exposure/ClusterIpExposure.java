package dev.sandboxcluster.operator.capability.exposure;

import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import java.util.Optional;

/** For pods of the host cluster. */
record ClusterIpExposure() implements Exposure {

    @Override
    public Service service(Identity sandbox) {
        return ControlPlaneService.ofType(sandbox, "ClusterIP").build();
    }

    @Override
    public Optional<Endpoint> published(
            Identity sandbox, ServiceAddresses addresses, Optional<Pod> pod, Optional<String> lastPublished) {
        return Optional.of(Endpoint.internal(sandbox));
    }
}
