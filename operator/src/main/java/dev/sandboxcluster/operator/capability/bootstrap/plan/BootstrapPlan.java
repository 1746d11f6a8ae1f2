package dev.sandboxcluster.operator.capability.bootstrap.plan;

import dev.sandboxcluster.api.v1alpha1.BootstrapChart;
import dev.sandboxcluster.api.v1alpha1.BootstrapManifest;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import java.util.List;
import java.util.Set;

/**
 * What the operator is to apply in a sandbox, and how it gets there.
 *
 * @param access which changes with the operator's own certificate
 * @param installed the ids of charts that are known to be installed
 */
public record BootstrapPlan(SandboxAccess access, Wish wish, Set<String> installed) {

    /**
     * What is to be there.
     *
     * @param sandbox of which it is
     * @param life of the control plane: what another one has in it must be looked at
     * @param manifests in the order in which they are applied
     * @param charts in the order in which they are installed, once the manifests are there
     */
    public record Wish(Identity sandbox, String life, List<BootstrapManifest> manifests, List<BootstrapChart> charts) {}
}
