package dev.sandboxcluster.operator.it;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.Map;

/** What an installation with a router has besides: its Service, which the chart makes, and what the operator is told. */
final class RouterRelease {

    /** The name of its Service. */
    static final String SERVICE = "sandboxcluster-operator-router";

    private RouterRelease() {}

    static Service service(Sandboxes release, String type) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName(SERVICE)
                .withNamespace(release.namespace())
                .endMetadata()
                .withNewSpec()
                .withType(type)
                .addNewPort()
                .withPort(443)
                .endPort()
                .endSpec()
                .build();
    }

    static Map<String, String> environment(Sandboxes release, Sandboxes sandboxes) {
        return Map.of(
                "WATCH_NAMESPACES",
                sandboxes.namespace(),
                "LEASE_NAMESPACE",
                release.namespace(),
                "ROUTER_SERVICE",
                SERVICE,
                "ROUTER_SUFFIX",
                "sandboxes.internal");
    }
}
