package dev.sandboxcluster.operator.config;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which Ingresses may be made for Services of sandboxes.
 *
 * @param hosts {@code HOSTED_WORKERS_INGRESS_HOSTS}, comma separated: the host names that they may have. A first label
 *     {@code *} stands for any one label, {@code {namespace}} for the SandboxCluster's namespace
 * @param className {@code HOSTED_WORKERS_INGRESS_CLASS}: whose Ingresses they are; empty: the host cluster's default
 * @param annotations {@code HOSTED_WORKERS_INGRESS_ANNOTATIONS}, a JSON object: what they have
 */
public record IngressPolicy(List<String> hosts, Optional<String> className, Map<String, String> annotations) {

    private static final String ANY = "*.";

    /** Empty: none may be made, and the operator has no right to. */
    static Optional<IngressPolicy> from(Map<String, String> environment) {
        return Optional.of(OperatorConfig.words(environment.getOrDefault("HOSTED_WORKERS_INGRESS_HOSTS", "")))
                .filter(hosts -> !hosts.isEmpty())
                .map(hosts -> new IngressPolicy(
                        hosts.stream().sorted().toList(),
                        Optional.ofNullable(environment.get("HOSTED_WORKERS_INGRESS_CLASS"))
                                .filter(name -> !name.isEmpty()),
                        annotations(environment.getOrDefault("HOSTED_WORKERS_INGRESS_ANNOTATIONS", "{}"))));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> annotations(String json) {
        return Serialization.unmarshal(json, Map.class);
    }

    /** Whether an Ingress for a SandboxCluster of that namespace may have a host name. */
    public boolean allows(String host, String namespace) {
        return hosts.stream()
                .map(pattern -> pattern.replace("{namespace}", namespace))
                .anyMatch(pattern -> pattern.startsWith(ANY)
                        ? host.substring(host.indexOf('.') + 1).equals(pattern.substring(ANY.length()))
                                && host.indexOf('.') > 0
                        : host.equals(pattern));
    }
}
