package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A control plane is started anew before the certificates end that k3s made for itself. The test is the kubelet. */
class RenewalIT extends OperatorFixture {

    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final String PERSISTENT = "storage: {type: Persistent}";

    @Test
    void aPersistentOneIsStartedAnewOnce() {
        sandboxes.apply("demo", PERSISTENT);
        runsSince(NOW.minus(300, ChronoUnit.DAYS));
        endAt(NOW.plus(20, ChronoUnit.DAYS));

        StatefulSet renewed = sandboxes.awaitObject(
                StatefulSet.class, "demo", present -> renewedBefore(present).isPresent());
        assertThat(renewedBefore(renewed))
                .contains(NOW.plus(20, ChronoUnit.DAYS).toString());
        Condition planned = sandboxes.awaitReason("demo", "CertificatesCurrent", "RenewalPlanned");
        assertThat(planned.getMessage()).contains("started anew now");
        assertThat(sandboxes.events("ControlPlaneRestarting"))
                .singleElement()
                .satisfies(event -> assertThat(event.getMessage()).contains("to renew its certificates"));
        assertThat(sandboxes
                        .object(PersistentVolumeClaim.class, "demo-data")
                        .get()
                        .getMetadata()
                        .getAnnotations())
                .containsEntry(
                        Annotations.CERTIFICATES_EXPIRE_AT,
                        NOW.plus(20, ChronoUnit.DAYS).toString());

        sandboxes.object(Pod.class, "demo-0").withGracePeriod(0).delete();
        runsSince(NOW);
        await().untilAsserted(() -> {
            assertThat(sandboxes.get("demo").getStatus().certificatesExpireAt())
                    .isEqualTo(NOW.plus(365, ChronoUnit.DAYS).toString());
            assertThat(sandboxes.condition("demo", "CertificatesCurrent")).isEmpty();
        });
        assertThat(sandboxes.object(StatefulSet.class, "demo").get().getSpec().getTemplate())
                .isEqualTo(renewed.getSpec().getTemplate());
    }

    @Test
    void itWaitsForItsWindow() {
        DayOfWeek later = NOW.atZone(ZoneOffset.UTC).getDayOfWeek().plus(3);
        sandboxes.apply(
                "demo",
                PERSISTENT
                        + ", maintenanceWindow: {days: [%s], startTime: '03:00', duration: 2h}"
                                .formatted(later.getDisplayName(TextStyle.FULL, Locale.ENGLISH)));
        runsSince(NOW.minus(300, ChronoUnit.DAYS));
        endAt(NOW.plus(20, ChronoUnit.DAYS));

        Condition planned = sandboxes.awaitReason("demo", "CertificatesCurrent", "RenewalPlanned");
        assertThat(planned.getMessage()).contains("started anew at ").contains("T03:00:00Z");
        assertThat(renewedBefore(sandboxes.object(StatefulSet.class, "demo").get()))
                .isEmpty();

        sandboxes.apply("demo", PERSISTENT);
        sandboxes.awaitObject(
                StatefulSet.class, "demo", present -> renewedBefore(present).isPresent());
    }

    @Test
    void anEphemeralOneKeepsItsObjects() {
        sandboxes.apply("demo", "");
        runsSince(NOW.minus(300, ChronoUnit.DAYS));
        endAt(NOW.plus(20, ChronoUnit.DAYS));

        assertThat(sandboxes
                        .awaitReason("demo", "CertificatesCurrent", "RenewalNeeded")
                        .getMessage())
                .contains("kubectl exec -n " + sandboxes.namespace() + " demo-0 -c k3s -- sh -c 'kill -TERM -1'");
        assertThat(renewedBefore(sandboxes.object(StatefulSet.class, "demo").get()))
                .isEmpty();
    }

    /** As an operator before this one has reported it. */
    private void endAt(Instant end) {
        sandboxes.awaitReason("demo", "ControlPlaneReady", "Available");
        assertThat(sandboxes.get("demo").getStatus().certificatesExpireAt()).isNotNull();
        operator.close();
        sandboxes
                .object(SandboxCluster.class, "demo")
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\": {\"certificatesExpireAt\": \"%s\"}}".formatted(end));
        operator = RunningOperator.start(HOST);
    }

    private void runsSince(Instant start) {
        PodTemplateSpec template =
                sandboxes.awaitObject(StatefulSet.class, "demo").getSpec().getTemplate();
        Pod pod = HOST.admin()
                .resource(new PodBuilder()
                        .withMetadata(template.getMetadata())
                        .editMetadata()
                        .withName("demo-0")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .withSpec(template.getSpec())
                        .build())
                .create();
        HOST.admin()
                .resource(new PodBuilder(pod)
                        .withNewStatus()
                        .withPhase("Running")
                        .addNewContainerStatus()
                        .withName("k3s")
                        .withImage("rancher/k3s")
                        .withImageID("")
                        .withContainerID("containerd://" + start)
                        .withReady(true)
                        .withRestartCount(0)
                        .withState(new ContainerStateBuilder()
                                .withNewRunning()
                                .withStartedAt(start.toString())
                                .endRunning()
                                .build())
                        .endContainerStatus()
                        .endStatus()
                        .build())
                .updateStatus();
    }

    private static Optional<String> renewedBefore(StatefulSet statefulSet) {
        return Optional.ofNullable(
                        statefulSet.getSpec().getTemplate().getMetadata().getAnnotations())
                .map(annotations -> annotations.get(Annotations.RENEWED_BEFORE));
    }
}
