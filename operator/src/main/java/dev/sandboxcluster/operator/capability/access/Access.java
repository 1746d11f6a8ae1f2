package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.operator.capability.exposure.Endpoint;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;

/**
 * How users get in.
 *
 * @param kubeconfig the published Secret; empty: none is published that could be used
 * @param published the same as its users read it; empty: there is none, or no URL
 */
public record Access(Optional<Secret> kubeconfig, Optional<SandboxAccess> published) {

    /** The same from within the host cluster, whatever is published. */
    public Optional<SandboxAccess> internal(Identity sandbox) {
        return published.map(users -> users.at(Endpoint.internal(sandbox).url()));
    }
}
