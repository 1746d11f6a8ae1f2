package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.api.v1alpha1.AdditionalKubeconfig;
import dev.sandboxcluster.api.v1alpha1.Kubeconfig;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.objects.SpecDuration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the kubeconfigs are published; pure.
 *
 * @param secretName of the administrator's
 * @param contextName of the administrator's
 * @param labels further ones of the administrator's Secret
 * @param additional those for others
 */
public record KubeconfigSettings(
        String secretName, String contextName, Map<String, String> labels, List<Additional> additional) {

    private static final String DEFAULT_LIFETIME = "24h";

    /**
     * A kubeconfig for somebody else.
     *
     * @param name in the spec
     * @param lifetime of its client certificate
     */
    record Additional(
            String name, String secretName, String contextName, String user, List<String> groups, Duration lifetime) {}

    /** What the spec says, with the defaults. */
    public static KubeconfigSettings of(Identity sandbox, SandboxClusterSpec spec) {
        Optional<Kubeconfig> given = Optional.ofNullable(spec.kubeconfig());
        String secretName = given.map(Kubeconfig::secretName).orElse(sandbox.name() + "-kubeconfig");
        String contextName = given.map(Kubeconfig::contextName).orElse(sandbox.name());
        return new KubeconfigSettings(
                secretName,
                contextName,
                given.map(Kubeconfig::labels).orElse(Map.of()),
                given.map(Kubeconfig::additional).orElse(List.of()).stream()
                        .map(one -> additional(one, secretName, contextName))
                        .toList());
    }

    private static Additional additional(AdditionalKubeconfig given, String secretName, String contextName) {
        return new Additional(
                given.name(),
                secretName + "-" + given.name(),
                contextName + "-" + given.name(),
                Optional.ofNullable(given.user()).orElse(given.name()),
                Optional.ofNullable(given.groups()).orElse(List.of()),
                SpecDuration.parse(Optional.ofNullable(given.lifetime()).orElse(DEFAULT_LIFETIME)));
    }
}
