package dev.sandboxcluster.operator.config;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The operator's settings. Each is an environment variable that the Helm chart sets from a value.
 *
 * @param watchNamespaces {@code WATCH_NAMESPACES}, comma separated: the namespaces to serve; empty: all
 * @param controlPlaneImageRepository {@code CONTROL_PLANE_IMAGE_REPOSITORY}: where k3s images come from
 * @param controlPlaneVersion {@code CONTROL_PLANE_VERSION}: the k3s release of clusters that name none
 * @param helmImage {@code HELM_IMAGE}: an image whose entrypoint is Helm 4; with it charts are installed in sandboxes
 * @param simulationImage {@code SIMULATION_IMAGE}: an image with a shell and kwok; it simulates workers
 * @param hosted what workers in pods of the host cluster may be
 * @param hostCidrs {@code HOST_CIDRS}, comma separated: address ranges of the host cluster that it does not tell itself
 * @param argoCDNamespaces {@code ARGOCD_NAMESPACES}, comma separated: where SandboxClusters of other namespaces may have
 *     Secrets by which Argo CD knows them
 * @param router by which sandboxes share an address; empty: there is none
 * @param doze {@code DOZE}: whether the operator may stop a control plane's processes, and let them go on
 * @param httpPort {@code HTTP_PORT}: serves /livez, /readyz and /metrics
 * @param lease {@code LEASE_NAMESPACE}, {@code LEASE_NAME} and {@code POD_NAME}: how several operators agree on who acts;
 *     empty: there is but one
 */
public record OperatorConfig(
        Set<String> watchNamespaces,
        String controlPlaneImageRepository,
        String controlPlaneVersion,
        String helmImage,
        String simulationImage,
        HostedPolicy hosted,
        Set<String> hostCidrs,
        Set<String> argoCDNamespaces,
        Optional<RouterSettings> router,
        boolean doze,
        int httpPort,
        Optional<LeaseSettings> lease) {

    /** Reads the settings from an environment, with the chart's defaults for what is not set. */
    public static OperatorConfig from(Map<String, String> environment) {
        return new OperatorConfig(
                words(environment.getOrDefault("WATCH_NAMESPACES", "")),
                environment.getOrDefault("CONTROL_PLANE_IMAGE_REPOSITORY", "rancher/k3s"),
                environment.getOrDefault("CONTROL_PLANE_VERSION", "v1.33.5-k3s1"),
                environment.getOrDefault("HELM_IMAGE", "docker.io/alpine/helm:4.0.0"),
                environment.getOrDefault("SIMULATION_IMAGE", "registry.k8s.io/kwok/kwok:v0.8.0"),
                HostedPolicy.from(environment),
                words(environment.getOrDefault("HOST_CIDRS", "")),
                words(environment.getOrDefault("ARGOCD_NAMESPACES", "")),
                RouterSettings.from(environment),
                Boolean.parseBoolean(environment.get("DOZE")),
                Integer.parseInt(environment.getOrDefault("HTTP_PORT", "8080")),
                Optional.ofNullable(environment.get("LEASE_NAME"))
                        .map(name -> new LeaseSettings(
                                environment.get("LEASE_NAMESPACE"), name, environment.get("POD_NAME"))));
    }

    static Set<String> words(String list) {
        return Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether cluster-scoped objects, such as RuntimeClasses, may be read: not with Roles alone. */
    public boolean clusterWide() {
        return watchNamespaces.isEmpty();
    }
}
