package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.ResourceQuotaStatusBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A ResourceQuota leaves no room for what a sandbox needs. */
class QuotaIT extends OperatorFixture {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "count/secrets",
                "count/configmaps",
                "count/services",
                "count/persistentvolumeclaims",
                "count/networkpolicies.networking.k8s.io",
                "count/statefulsets.apps"
            })
    void isSaidAndMendedByRoom(String resource) {
        quota(resource, 0);
        sandboxes.apply("demo", "storage: {type: Persistent, storageClassName: fast}");

        assertThat(sandboxes.awaitReason("demo", "Ready", "QuotaExceeded").getMessage())
                .contains("exceeded quota: small")
                .contains("have the quota raised");

        quota(resource, 10);
        sandboxes.awaitReason("demo", "Ready", "PodPending");
    }

    @Test
    void ofSecretsConcernsTheCredentials() {
        quota("count/secrets", 0);
        sandboxes.apply("none", "");
        sandboxes.awaitReason("none", "CredentialsReady", "QuotaExceeded");

        quota("count/secrets", 1);
        sandboxes.awaitObject(Secret.class, "none-pki");
        sandboxes.awaitReason("none", "CredentialsReady", "QuotaExceeded");

        quota("count/secrets", 2);
        sandboxes.awaitReason("none", "CredentialsReady", "Published");
    }

    /** What the quota controller would do; used is what the API server counts from here on. */
    private void quota(String resource, int hard) {
        Map<String, Quantity> limit = Map.of(resource, new Quantity(String.valueOf(hard)));
        var quotas = HOST.admin().resourceQuotas().inNamespace(sandboxes.namespace());
        var before = quotas.withName("small").get();
        Map<String, Quantity> used = before == null
                ? Map.of(resource, new Quantity("0"))
                : before.getStatus().getUsed();
        var quota = new ResourceQuotaBuilder()
                .withNewMetadata()
                .withName("small")
                .withNamespace(sandboxes.namespace())
                .endMetadata()
                .withNewSpec()
                .withHard(limit)
                .endSpec()
                .build();
        quotas.resource(quota).createOr(existing -> existing.update());
        quotas.withName("small").editStatus(present -> new ResourceQuotaBuilder(present)
                .withStatus(new ResourceQuotaStatusBuilder()
                        .withHard(limit)
                        .withUsed(used)
                        .build())
                .build());
    }
}
