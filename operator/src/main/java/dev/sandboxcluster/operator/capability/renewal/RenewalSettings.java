package dev.sandboxcluster.operator.capability.renewal;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.Storage;
import java.util.Optional;

/**
 * When a control plane may be started anew; pure.
 *
 * @param persistent whether its objects outlive that
 * @param window empty: at any time
 */
public record RenewalSettings(boolean persistent, Optional<Window> window) {

    /** What the spec says. */
    public static RenewalSettings of(SandboxClusterSpec spec) {
        return new RenewalSettings(
                Optional.ofNullable(spec.storage()).map(Storage::type).orElse(Storage.Type.Ephemeral)
                        == Storage.Type.Persistent,
                Optional.ofNullable(spec.maintenanceWindow()).map(Window::of));
    }
}
