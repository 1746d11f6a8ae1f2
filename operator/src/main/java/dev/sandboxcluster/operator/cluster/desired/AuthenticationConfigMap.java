package dev.sandboxcluster.operator.cluster.desired;

import dev.sandboxcluster.operator.k3s.K3s;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.Map;

/** The API server's AuthenticationConfiguration: the kubelet may probe without credentials, nobody else anything. */
public final class AuthenticationConfigMap {

    private static final String AUTHENTICATION = """
            apiVersion: apiserver.config.k8s.io/v1beta1
            kind: AuthenticationConfiguration
            anonymous:
              enabled: true
              conditions:
              - path: /livez
              - path: /readyz
              - path: /healthz
            """;

    private AuthenticationConfigMap() {}

    /** The ConfigMap; pure. */
    public static ConfigMap desired(Blueprint blueprint) {
        return new ConfigMapBuilder()
                .withMetadata(Labels.metadata(blueprint, blueprint.configMapName()))
                .withData(Map.of(K3s.AUTHENTICATION_CONFIG, AUTHENTICATION))
                .build();
    }
}
