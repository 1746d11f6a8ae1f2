package dev.sandboxcluster.operator.capability.authentication;

import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.objects.Yaml;
import dev.sandboxcluster.operator.pod.Contribution;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.Map;

/**
 * The API server's AuthenticationConfiguration: the kubelet may probe without credentials, nobody else anything; besides,
 * whose tokens the user wants to be accepted. The API server reads it again when it changes, but refuses a change of who
 * may be anonymous.
 */
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

    private static final String VOLUME = "config";
    private static final int FOR_ALL = 0444;

    private AuthenticationConfigMap() {}

    /** The ConfigMap; pure. */
    public static ConfigMap desired(Identity sandbox, AuthenticationSettings settings) {
        return new ConfigMapBuilder()
                .withMetadata(sandbox.metadata(name(sandbox)))
                .withData(Map.of(K3s.AUTHENTICATION_CONFIG, AUTHENTICATION + jwt(settings)))
                .build();
    }

    /** Where the pod finds it. */
    public static Contribution contribution(Identity sandbox) {
        return Contribution.ofVolume(
                new VolumeBuilder()
                        .withName(VOLUME)
                        .withNewConfigMap()
                        .withName(name(sandbox))
                        .withDefaultMode(FOR_ALL)
                        .endConfigMap()
                        .build(),
                K3s.CONFIG_DIR,
                true);
    }

    private static String jwt(AuthenticationSettings settings) {
        return settings.jwt().isEmpty() ? "" : Yaml.write(Map.of("jwt", settings.jwt()));
    }

    private static String name(Identity sandbox) {
        return sandbox.name() + "-config";
    }
}
