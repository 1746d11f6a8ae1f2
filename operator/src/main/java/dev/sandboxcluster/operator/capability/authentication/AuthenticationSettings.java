package dev.sandboxcluster.operator.capability.authentication;

import dev.sandboxcluster.api.v1alpha1.Authentication;
import dev.sandboxcluster.api.v1alpha1.JWTAuthenticator;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import java.util.List;
import java.util.Optional;

/**
 * Who may use the API besides the holders of the kubeconfig; pure.
 *
 * @param jwt issuers of tokens, as Kubernetes' AuthenticationConfiguration has them
 */
public record AuthenticationSettings(List<JWTAuthenticator> jwt) {

    /** What the spec says. */
    public static AuthenticationSettings of(SandboxClusterSpec spec) {
        return new AuthenticationSettings(Optional.ofNullable(spec.authentication())
                .map(Authentication::jwt)
                .orElse(List.of()));
    }

    /** Whether there is anything that the API server could refuse. */
    public boolean given() {
        return !jwt.isEmpty();
    }
}
