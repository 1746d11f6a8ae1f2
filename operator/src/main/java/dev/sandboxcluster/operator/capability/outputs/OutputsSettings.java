package dev.sandboxcluster.operator.capability.outputs;

import dev.sandboxcluster.api.v1alpha1.ArgoCD;
import dev.sandboxcluster.api.v1alpha1.CAConfigMap;
import dev.sandboxcluster.api.v1alpha1.Outputs;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.objects.Identity;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is written for other tools; pure.
 *
 * @param argoCDNamespaces where SandboxClusters of other namespaces may have Secrets for Argo CD
 * @param argoCD empty: nothing for Argo CD
 * @param caConfigMap the name of the ConfigMap with the CA; empty: there is to be none
 */
public record OutputsSettings(Set<String> argoCDNamespaces, Optional<Argo> argoCD, Optional<String> caConfigMap) {

    /**
     * How Argo CD knows the cluster.
     *
     * @param namespace of the Secret
     * @param permitted whether that is the SandboxCluster's, or one in which it may have such a Secret
     * @param secretName the name of the Secret
     * @param published whether Argo CD is given the published URL, rather than the Service's
     * @param project the only one that may use the cluster; empty: any
     * @param labels further ones of the Secret
     */
    public record Argo(
            String namespace,
            boolean permitted,
            String secretName,
            boolean published,
            Optional<String> project,
            Map<String, String> labels) {}

    /**
     * What the spec says, with the defaults.
     *
     * @param argoCDNamespaces where SandboxClusters of other namespaces may have Secrets for Argo CD
     */
    public static OutputsSettings of(Identity sandbox, SandboxClusterSpec spec, Set<String> argoCDNamespaces) {
        Optional<Outputs> outputs = Optional.ofNullable(spec.outputs());
        return new OutputsSettings(
                argoCDNamespaces,
                outputs.map(Outputs::argoCD)
                        .filter(ArgoCD::enabled)
                        .map(given -> argo(sandbox, given, argoCDNamespaces)),
                outputs.map(Outputs::caConfigMap)
                        .filter(CAConfigMap::enabled)
                        .map(given -> Optional.ofNullable(given.name()).orElse(sandbox.name() + "-ca")));
    }

    /** Whether anything is asked for. */
    boolean any() {
        return argoCD.isPresent() || caConfigMap.isPresent();
    }

    private static Argo argo(Identity sandbox, ArgoCD given, Set<String> permitted) {
        String namespace = Optional.ofNullable(given.namespace()).orElse(sandbox.namespace());
        boolean own = namespace.equals(sandbox.namespace());
        return new Argo(
                namespace,
                own || permitted.contains(namespace),
                own ? sandbox.name() + "-argocd" : ForeignSecret.name(sandbox),
                given.endpoint() == ArgoCD.Endpoint.Published,
                Optional.ofNullable(given.project()),
                Optional.ofNullable(given.labels()).orElse(Map.of()));
    }
}
