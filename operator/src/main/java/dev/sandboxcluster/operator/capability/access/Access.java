package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.operator.capability.exposure.Endpoint;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.sandbox.Administrators;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;

/**
 * How users get in.
 *
 * @param kubeconfig the published Secret; empty: none is published that could be used
 * @param published the same as its users read it; empty: there is none, or no URL
 * @param internal the URL for users who are pods of the host cluster
 * @param administrators to whom the operator gives rights; empty: to nobody, as the keys are missing or there is no URL
 * @param revoking whether former kubeconfigs work until the control plane was told
 */
public record Access(
        Optional<Secret> kubeconfig,
        Optional<SandboxAccess> published,
        Optional<Endpoint> internal,
        Optional<Administrators> administrators,
        boolean revoking) {

    /** As its users, from within the host cluster, whatever is published. */
    public Optional<SandboxAccess> fromPods() {
        return published.flatMap(users -> internal.map(
                endpoint -> users.at(endpoint.url(), endpoint.tlsServerName().orElse(null))));
    }

    /** As the operator itself, from within the host cluster; without the keys, as its users. Never to be published. */
    public Optional<SandboxAccess> operator(Identity sandbox) {
        return administrators
                .map(Administrators::giver)
                .or(this::published)
                .map(users -> users.at(Endpoint.internal(sandbox).url()));
    }
}
