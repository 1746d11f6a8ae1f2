package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.api.v1alpha1.Kubeconfig;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.objects.Identity;
import java.util.Map;
import java.util.Optional;

/**
 * How the kubeconfig is published; pure.
 *
 * @param labels further ones of the Secret
 */
public record KubeconfigSettings(String secretName, String contextName, Map<String, String> labels) {

    /** What the spec says, with the defaults. */
    public static KubeconfigSettings of(Identity sandbox, SandboxClusterSpec spec) {
        Optional<Kubeconfig> given = Optional.ofNullable(spec.kubeconfig());
        return new KubeconfigSettings(
                given.map(Kubeconfig::secretName).orElse(sandbox.name() + "-kubeconfig"),
                given.map(Kubeconfig::contextName).orElse(sandbox.name()),
                given.map(Kubeconfig::labels).orElse(Map.of()));
    }
}
