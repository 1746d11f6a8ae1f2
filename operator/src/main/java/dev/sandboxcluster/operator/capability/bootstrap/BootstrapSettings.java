package dev.sandboxcluster.operator.capability.bootstrap;

import dev.sandboxcluster.api.v1alpha1.BootstrapChart;
import dev.sandboxcluster.api.v1alpha1.BootstrapManifest;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import java.util.List;
import java.util.Optional;

/**
 * What is to be in a sandbox before it is Ready; pure.
 *
 * @param manifests to be applied, in this order
 * @param charts to be installed after them, in this order
 * @param helmImage with which charts are installed
 */
public record BootstrapSettings(List<BootstrapManifest> manifests, List<BootstrapChart> charts, String helmImage) {

    /** What the spec says; empty: nothing is to be there. */
    public static Optional<BootstrapSettings> of(SandboxClusterSpec spec, String helmImage) {
        return Optional.ofNullable(spec.bootstrap())
                .map(wanted -> new BootstrapSettings(
                        Optional.ofNullable(wanted.manifests()).orElse(List.of()),
                        Optional.ofNullable(wanted.charts()).orElse(List.of()),
                        helmImage))
                .filter(settings -> !settings.manifests.isEmpty() || !settings.charts.isEmpty());
    }
}
