package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What a real API server says to the control plane's pod, and what becomes of it in the status. */
class AdmissionIT extends OperatorFixture {

    @Test
    void aQuotaThatWantsLimits() {
        create("""
                apiVersion: v1
                kind: ResourceQuota
                metadata: {name: small}
                spec: {hard: {limits.cpu: 4, cpu: 4, limits.memory: 4Gi}}
                """);
        // There is no quota controller here, which would say that nothing is used so far.
        sandboxes
                .object(ResourceQuota.class, "small")
                .editStatus(
                        quota -> Serialization.unmarshal("""
                apiVersion: v1
                kind: ResourceQuota
                metadata: {name: small, namespace: %s}
                status: {hard: {limits.cpu: 4, cpu: 4, limits.memory: 4Gi}, used: {limits.cpu: 0, cpu: 0, limits.memory: 0}}
                """.formatted(sandboxes.namespace()), ResourceQuota.class));

        refuse("controlPlane: {resources: {limits: {memory: 1Gi}}}");

        assertThat(sandboxes.awaitReason("demo", "Ready", "QuotaExceeded").getMessage())
                .contains("set requests.cpu, limits.cpu in controlPlane.resources", "failed quota: small");
    }

    @Test
    void aLimitRangeThatForbidsAsMuch() {
        create("""
                apiVersion: v1
                kind: LimitRange
                metadata: {name: narrow}
                spec: {limits: [{type: Container, max: {memory: 512Mi}}]}
                """);

        refuse("");

        assertThat(sandboxes.awaitReason("demo", "Ready", "PodRejected").getMessage())
                .contains("change controlPlane.resources", "maximum memory usage per Container is 512Mi");
    }

    private void create(String yaml) {
        GenericKubernetesResource object = Serialization.unmarshal(yaml, GenericKubernetesResource.class);
        object.getMetadata().setNamespace(sandboxes.namespace());
        HOST.admin().resource(object).create();
    }

    /** Does what the StatefulSet's controller would. */
    private void refuse(String spec) {
        HOST.admin()
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("default")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .build())
                .create();
        sandboxes.apply("demo", spec);
        StatefulSet controlPlane = sandboxes.awaitObject(StatefulSet.class, "demo");
        KubernetesClientException refusal = catchThrowableOfType(KubernetesClientException.class, () -> HOST.admin()
                .resource(new PodBuilder()
                        .withMetadata(controlPlane.getSpec().getTemplate().getMetadata())
                        .editMetadata()
                        .withName("demo-0")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .withSpec(controlPlane.getSpec().getTemplate().getSpec())
                        .build())
                .create());
        HOST.admin()
                .resource(new EventBuilder()
                        .withNewMetadata()
                        .withName("demo.1")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .withNewInvolvedObject()
                        .withKind("StatefulSet")
                        .withName("demo")
                        .withNamespace(sandboxes.namespace())
                        .withUid(controlPlane.getMetadata().getUid())
                        .endInvolvedObject()
                        .withType("Warning")
                        .withReason("FailedCreate")
                        .withLastTimestamp(Instant.now().toString())
                        .withMessage("create Pod demo-0 in StatefulSet demo failed error: "
                                + refusal.getStatus().getMessage())
                        .build())
                .create();
    }
}
