package dev.sandboxcluster.operator.config;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The operator's settings. Each is an environment variable that the Helm chart sets from a value.
 *
 * @param watchNamespaces {@code WATCH_NAMESPACES}, comma separated: the namespaces to serve; empty: all
 * @param controlPlaneImageRepository {@code CONTROL_PLANE_IMAGE_REPOSITORY}: where k3s images come from
 * @param controlPlaneVersion {@code CONTROL_PLANE_VERSION}: the k3s release of clusters that name none
 * @param httpPort {@code HTTP_PORT}: serves /livez, /readyz and /metrics
 */
public record OperatorConfig(
        Set<String> watchNamespaces, String controlPlaneImageRepository, String controlPlaneVersion, int httpPort) {

    /** Reads the settings from an environment, with the chart's defaults for what is not set. */
    public static OperatorConfig from(Map<String, String> environment) {
        return new OperatorConfig(
                Arrays.stream(environment.getOrDefault("WATCH_NAMESPACES", "").split(","))
                        .map(String::strip)
                        .filter(namespace -> !namespace.isEmpty())
                        .collect(Collectors.toUnmodifiableSet()),
                environment.getOrDefault("CONTROL_PLANE_IMAGE_REPOSITORY", "rancher/k3s"),
                environment.getOrDefault("CONTROL_PLANE_VERSION", "v1.33.5-k3s1"),
                Integer.parseInt(environment.getOrDefault("HTTP_PORT", "8080")));
    }

    /** Whether cluster-scoped objects, such as RuntimeClasses, may be read: not with Roles alone. */
    public boolean clusterWide() {
        return watchNamespaces.isEmpty();
    }
}
