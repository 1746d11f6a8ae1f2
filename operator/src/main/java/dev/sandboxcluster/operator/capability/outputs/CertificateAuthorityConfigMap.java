package dev.sandboxcluster.operator.capability.outputs;

import dev.sandboxcluster.api.v1alpha1.CAConfigMap;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;

/** The ConfigMap with a sandbox's CA, for those who may not read Secrets. */
final class CertificateAuthorityConfigMap {

    /** The value of {@link Labels#OUTPUT}. */
    static final String OUTPUT = "ca";

    private CertificateAuthorityConfigMap() {}

    /** The ConfigMap; pure. */
    static ConfigMap desired(Identity sandbox, String name, String caCertificate) {
        return new ConfigMapBuilder()
                .withMetadata(new ObjectMetaBuilder(sandbox.metadata(name))
                        .addToLabels(Labels.OUTPUT, OUTPUT)
                        .build())
                .withData(Map.of(CAConfigMap.KEY, caCertificate))
                .build();
    }
}
