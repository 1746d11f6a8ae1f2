package dev.sandboxcluster.operator.capability.workers.external.join;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a join bundle is made from.
 *
 * @param clusterName name of the SandboxCluster
 * @param namespace its namespace
 * @param group the group that joining machines belong to
 * @param bootstrap what the machines run
 * @param serverAddress IP address of the sandbox as the machines see it; IPv6 without brackets
 * @param serverPort port of that address
 * @param k3sVersion version of the control plane, as k3s names it: {@code v1.33.5+k3s1}
 * @param serverCaCertificate PEM of the CA of the API server's certificate
 * @param caHash SHA-256 of that PEM's bytes, lower-case hex
 * @param clientCaCertificate PEM of the CA by which a kubelet recognizes the API server; may be null for
 *     {@link Bootstrap#K3sAgent}, which gets it from the server
 * @param token a live token of the group
 * @param proof whether nodes must show by a label which group's token they joined with: where there are several groups,
 *     and nothing else tells
 * @param labels labels of the group's nodes; those that a kubelet may not set itself are left to the operator
 * @param taints taints that a node registers with
 * @param clusterDns the cluster's DNS server; may be null for {@link Bootstrap#K3sAgent}
 * @param clusterDomain the cluster's DNS domain; may be null for {@link Bootstrap#K3sAgent}
 * @param podCidr the range of the cluster's pod addresses, by which kube-proxy tells pods from others; or null
 * @throws IllegalArgumentException if a name or the address has a form that Kubernetes wouldn't have let through
 */
public record JoinParameters(
        String clusterName,
        String namespace,
        String group,
        Bootstrap bootstrap,
        String serverAddress,
        int serverPort,
        String k3sVersion,
        String serverCaCertificate,
        String caHash,
        String clientCaCertificate,
        JoinToken token,
        boolean proof,
        Map<String, String> labels,
        List<Taint> taints,
        String clusterDns,
        String clusterDomain,
        String podCidr) {

    /** The group of a sandbox that names none. */
    public static final String DEFAULT_GROUP = "default";

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
    private static final Pattern IP_ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]+");

    public JoinParameters {
        requireName("clusterName", clusterName);
        requireName("namespace", namespace);
        requireName("group", group);
        Objects.requireNonNull(bootstrap, "bootstrap");
        if (!IP_ADDRESS.matcher(serverAddress).matches()) {
            throw new IllegalArgumentException("serverAddress is no IP address: " + serverAddress);
        }
        Objects.requireNonNull(k3sVersion, "k3sVersion");
        Objects.requireNonNull(serverCaCertificate, "serverCaCertificate");
        Objects.requireNonNull(caHash, "caHash");
        Objects.requireNonNull(token, "token");
        labels = labels == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(labels));
        taints = taints == null ? List.of() : List.copyOf(taints);
        if (bootstrap == Bootstrap.KubeletTLS) {
            Objects.requireNonNull(clientCaCertificate, "clientCaCertificate");
            Objects.requireNonNull(clusterDns, "clusterDns");
            Objects.requireNonNull(clusterDomain, "clusterDomain");
        }
    }

    /** Name of the Secret that holds the bundle of a cluster's group. */
    public static String secretName(String clusterName, String group) {
        return clusterName + "-join" + (group.equals(DEFAULT_GROUP) ? "" : "-" + group);
    }

    /** URL of the API as the machines see it. */
    public String serverUrl() {
        return "https://" + urlHost() + ":" + serverPort;
    }

    /** The address as it stands in URLs. */
    String urlHost() {
        return serverAddress.contains(":") ? "[" + serverAddress + "]" : serverAddress;
    }

    private static void requireName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(what + " is no name of a Kubernetes object: " + name);
        }
    }
}
