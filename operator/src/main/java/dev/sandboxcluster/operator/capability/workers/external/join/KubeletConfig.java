package dev.sandboxcluster.operator.capability.workers.external.join;

import dev.sandboxcluster.operator.objects.Yaml;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A kubelet's configuration, but for what join.sh finds out about the machine. */
final class KubeletConfig {

    /** Where join.sh puts the CA by which the kubelet recognizes the API server. */
    static final String CLIENT_CA_FILE = "/etc/kubernetes/pki/client-ca.crt";

    private KubeletConfig() {}

    static String of(JoinParameters p) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("apiVersion", "kubelet.config.k8s.io/v1beta1");
        config.put("kind", "KubeletConfiguration");
        config.put("authentication", authentication());
        config.put("authorization", Map.of("mode", "Webhook"));
        config.put("clusterDNS", List.of(p.clusterDns()));
        config.put("clusterDomain", p.clusterDomain());
        config.put("rotateCertificates", true);
        config.put("serverTLSBootstrap", true);
        if (!p.taints().isEmpty()) {
            config.put(
                    "registerWithTaints",
                    p.taints().stream().map(KubeletConfig::taint).toList());
        }
        return Yaml.write(config);
    }

    private static Map<String, Object> authentication() {
        Map<String, Object> authentication = new LinkedHashMap<>();
        authentication.put("anonymous", Map.of("enabled", false));
        authentication.put("webhook", Map.of("enabled", true));
        authentication.put("x509", Map.of("clientCAFile", CLIENT_CA_FILE));
        return authentication;
    }

    private static Map<String, Object> taint(Taint taint) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("key", taint.getKey());
        if (taint.getValue() != null && !taint.getValue().isEmpty()) {
            fields.put("value", taint.getValue());
        }
        fields.put("effect", taint.getEffect());
        return fields;
    }
}
