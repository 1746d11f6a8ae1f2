package dev.sandboxcluster.operator.capability.workers.external.join;

import dev.sandboxcluster.operator.objects.Yaml;
import java.util.LinkedHashMap;
import java.util.Map;

/** kube-proxy's configuration, but for the node's name, which join.sh adds. */
final class KubeProxyConfig {

    /** The kubelet writes this once it has its certificate, and renews what it points at. */
    private static final String KUBELETS_OWN = "/var/lib/kubelet/kubeconfig";

    private KubeProxyConfig() {}

    static String of(JoinParameters p) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("apiVersion", "kubeproxy.config.k8s.io/v1alpha1");
        config.put("kind", "KubeProxyConfiguration");
        config.put("clientConnection", Map.of("kubeconfig", KUBELETS_OWN));
        if (p.podCidr() != null) {
            config.put("clusterCIDR", p.podCidr());
        }
        config.put("conntrack", conntrack());
        return Yaml.write(config);
    }

    /** Zero: leave the machine's settings, which a container or a network namespace may not change. */
    private static Map<String, Object> conntrack() {
        Map<String, Object> conntrack = new LinkedHashMap<>();
        conntrack.put("maxPerCore", 0);
        conntrack.put("min", 0);
        conntrack.put("tcpEstablishedTimeout", "0s");
        conntrack.put("tcpCloseWaitTimeout", "0s");
        return conntrack;
    }
}
