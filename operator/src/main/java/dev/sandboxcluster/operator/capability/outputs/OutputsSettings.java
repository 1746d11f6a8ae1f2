package dev.sandboxcluster.operator.capability.outputs;

import dev.sandboxcluster.api.v1alpha1.ArgoCD;
import dev.sandboxcluster.api.v1alpha1.Outputs;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.objects.Identity;
import java.util.Map;
import java.util.Optional;

/**
 * What is written for other tools; pure.
 *
 * @param argoCD empty: nothing for Argo CD
 * @param caConfigMap the name of the ConfigMap with the CA; empty: there is to be none
 */
public record OutputsSettings(Optional<Argo> argoCD, Optional<String> caConfigMap) {

    /**
     * How Argo CD knows the cluster.
     *
     * @param secretName the name of the Secret
     * @param published whether Argo CD is given the published URL, rather than the Service's
     * @param project the only one that may use the cluster; empty: any
     * @param labels further ones of the Secret
     */
    public record Argo(String secretName, boolean published, Optional<String> project, Map<String, String> labels) {}

    /** What the spec says, with the defaults. */
    public static OutputsSettings of(Identity sandbox, SandboxClusterSpec spec) {
        Optional<Outputs> outputs = Optional.ofNullable(spec.outputs());
        return new OutputsSettings(
                outputs.map(Outputs::argoCD).map(given -> argo(sandbox, given)),
                outputs.map(Outputs::caConfigMap)
                        .map(given -> Optional.ofNullable(given.name()).orElse(sandbox.name() + "-ca")));
    }

    /** Whether anything is asked for. */
    boolean any() {
        return argoCD.isPresent() || caConfigMap.isPresent();
    }

    private static Argo argo(Identity sandbox, ArgoCD given) {
        return new Argo(
                sandbox.name() + "-argocd",
                given.endpoint() == ArgoCD.Endpoint.Published,
                Optional.ofNullable(given.project()),
                Optional.ofNullable(given.labels()).orElse(Map.of()));
    }
}
