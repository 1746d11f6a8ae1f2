package dev.sandboxcluster.operator.capability.exposure;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec;
import dev.sandboxcluster.operator.objects.Identity;

/** What the router reads of a sandbox. */
final class Route {

    private Route() {}

    /** The object; pure. */
    static SandboxClusterRoute desired(Identity sandbox, SandboxClusterRouteSpec spec) {
        SandboxClusterRoute route = new SandboxClusterRoute();
        route.setMetadata(sandbox.metadata(sandbox.name()));
        route.setSpec(spec);
        // Else an empty status would be applied, too.
        route.setStatus(null);
        return route;
    }
}
