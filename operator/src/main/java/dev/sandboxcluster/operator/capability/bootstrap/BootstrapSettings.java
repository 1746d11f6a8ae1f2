package dev.sandboxcluster.operator.capability.bootstrap;

import dev.sandboxcluster.api.v1alpha1.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.BootstrapManifest;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import java.util.List;
import java.util.Optional;

/**
 * What is to be in a sandbox before it is Ready; pure.
 *
 * @param manifests to be applied, in this order
 */
public record BootstrapSettings(List<BootstrapManifest> manifests) {

    /** What the spec says; empty: nothing is to be there. */
    public static Optional<BootstrapSettings> of(SandboxClusterSpec spec) {
        return Optional.ofNullable(spec.bootstrap())
                .map(Bootstrap::manifests)
                .filter(manifests -> !manifests.isEmpty())
                .map(BootstrapSettings::new);
    }
}
