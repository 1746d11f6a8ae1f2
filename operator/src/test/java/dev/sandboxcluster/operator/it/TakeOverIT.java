package dev.sandboxcluster.operator.it;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an earlier SandboxCluster left without an owner is taken over; where it holds credentials, if keys match. */
class TakeOverIT extends OperatorFixture {

    private static final String PERSISTENT = "storage: {type: Persistent, storageClassName: fast}";

    @ParameterizedTest
    @ValueSource(
            strings = {"", PERSISTENT, "storage: {type: Persistent, storageClassName: fast, retentionPolicy: Retain}"})
    void whatWasOrphanedIsTakenOver(String spec) {
        List<HasMetadata> before = started(spec);
        sandboxes.orphan("demo");

        sandboxes.apply("demo", spec);

        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        List<HasMetadata> after = sandboxes.objects("demo");
        assertThat(uids(after)).isEqualTo(uids(before));
        assertThat(data(after)).isEqualTo(data(before));
        assertThat(generation(after)).isEqualTo(generation(before));
        String owner = sandboxes.get("demo").getMetadata().getUid();
        Set<String> kept = spec.contains("Retain") ? Set.of("demo-pki", "demo-data") : Set.of();
        assertThat(after).allSatisfy(object -> {
            if (kept.contains(object.getMetadata().getName())) {
                assertThat(object.getMetadata().getOwnerReferences()).isEmpty();
            } else {
                assertThat(object.getMetadata().getOwnerReferences())
                        .singleElement()
                        .satisfies(reference -> assertThat(reference.getUid()).isEqualTo(owner));
            }
        });
    }

    /** What is orphaned loses its owner before the operator hears of the owner's end: it must not get it back. */
    @Test
    void whatIsOrphanedStaysSoHoweverLateTheOperatorHearsOfIt() {
        LateWatches watches = new LateWatches("sandboxclusters");
        operator.close();
        operator = RunningOperator.hearing(HOST, watches);
        started(PERSISTENT);
        watches.hold();
        sandboxes
                .object(SandboxCluster.class, "demo")
                .withPropagationPolicy(DeletionPropagation.ORPHAN)
                .delete();

        sandboxes.disown("demo");

        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(
                        sandboxes.objects("demo"))
                .hasSize(7)
                .allSatisfy(object ->
                        assertThat(object.getMetadata().getOwnerReferences()).isEmpty()));
        sandboxes
                .object(SandboxCluster.class, "demo")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": {\"finalizers\": null}}");
    }

    /** Tools restore by kind: some kinds before the SandboxCluster, some after it. */
    @ParameterizedTest
    @ValueSource(strings = {"", PERSISTENT})
    void whatWasRestoredIsTakenOver(String spec) {
        List<HasMetadata> before = started(spec);
        sandboxes.orphan("demo");
        before.forEach(object -> {
            HOST.admin()
                    .resource(object)
                    .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": {\"finalizers\": null}}");
            HOST.admin().resource(object).delete();
        });
        before.stream().filter(object -> !(object instanceof StatefulSet)).forEach(this::restore);
        sandboxes.apply("demo", spec);
        if (spec.isEmpty()) {
            sandboxes.awaitReason("demo", "Ready", "NameConflict");
        }
        before.stream()
                .filter(object -> object instanceof StatefulSet)
                .filter(object -> sandboxes.object(StatefulSet.class, "demo").get() == null)
                .forEach(this::restore);

        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        List<HasMetadata> after = sandboxes.objects("demo");
        assertThat(data(after)).isEqualTo(data(before));
        assertThat(after).hasSameSizeAs(before).allSatisfy(object -> assertThat(
                        object.getMetadata().getOwnerReferences())
                .hasSize(1));
    }

    /** Who can do no more than make Secrets must not choose the keys of somebody's sandbox. */
    @ParameterizedTest
    @ValueSource(strings = {"", PERSISTENT})
    void keysThatOnlyALabelSpeaksForAreNotUsed(String spec) {
        started("");
        Secret labelled = restorable(sandboxes.object(Secret.class, "demo-pki").get());
        // The end of what goes may be heard of before that of its SandboxCluster.
        operator.close();
        sandboxes.object(SandboxCluster.class, "demo").delete();
        sandboxes.collect("demo");
        Secret foreign = HOST.admin().resource(labelled).create();

        operator = RunningOperator.start(HOST);
        sandboxes.apply("demo", spec);

        String message = sandboxes.awaitReason("demo", "Ready", "NameConflict").getMessage();
        assertThat(sandboxes.object(Secret.class, "demo-pki").get()).isEqualTo(foreign);
        assertThat(sandboxes.object(StatefulSet.class, "demo").get()).isNull();
        assertThat(sandboxes.object(Secret.class, "demo-kubeconfig").get()).isNull();

        String said = message.substring(message.indexOf("sandboxcluster.dev/ca-hash="));
        sandboxes.annotate("demo", said.split("=")[0], said.split("=")[1]);
        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
        assertThat(sandboxes.object(Secret.class, "demo-pki").get().getData()).isEqualTo(foreign.getData());
    }

    /** It may have an annotation by which another controller copies it elsewhere. */
    @Test
    void aSecretThatOnlyALabelSpeaksForIsNotFilledWithCredentials() {
        started("");
        Secret labelled =
                restorable(sandboxes.object(Secret.class, "demo-kubeconfig").get());
        // The end of what goes may be heard of before that of its SandboxCluster.
        operator.close();
        sandboxes.object(SandboxCluster.class, "demo").delete();
        sandboxes.collect("demo");
        Secret foreign = HOST.admin().resource(labelled).create();

        operator = RunningOperator.start(HOST);
        sandboxes.apply("demo", "");

        assertThat(sandboxes.awaitReason("demo", "Ready", "SecretConflict").getMessage())
                .contains("Secret demo-kubeconfig", "not its keys", "Delete it");
        assertThat(sandboxes.object(Secret.class, "demo-kubeconfig").get()).isEqualTo(foreign);
        sandboxes.object(Secret.class, "demo-kubeconfig").delete();
        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
    }

    @Test
    void aStatefulSetThatDoesNotStartWithTheKeysIsNot() {
        started("");
        StatefulSet other = new StatefulSetBuilder(
                        restorable(sandboxes.object(StatefulSet.class, "demo").get()))
                .editSpec()
                .editTemplate()
                .editSpec()
                .withVolumes()
                .editFirstContainer()
                .withVolumeMounts()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
        // The end of what goes may be heard of before that of its SandboxCluster.
        operator.close();
        sandboxes.object(SandboxCluster.class, "demo").delete();
        sandboxes.collect("demo");
        StatefulSet foreign = HOST.admin().resource(other).create();

        operator = RunningOperator.start(HOST);
        sandboxes.apply("demo", "");

        assertThat(sandboxes.awaitReason("demo", "Ready", "NameConflict").getMessage())
                .contains("StatefulSet demo");
        assertThat(sandboxes.object(StatefulSet.class, "demo").get()).isEqualTo(foreign);
    }

    private List<HasMetadata> started(String spec) {
        sandboxes.apply("demo", spec);
        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        List<HasMetadata> objects = sandboxes.objects("demo");
        assertThat(uids(objects))
                .containsKeys(
                        "Secret demo-pki",
                        "Secret demo-kubeconfig",
                        "Service demo",
                        "StatefulSet demo",
                        "ConfigMap demo-config",
                        "NetworkPolicy demo");
        return objects;
    }

    private void restore(HasMetadata object) {
        HOST.admin().resource(restorable(object)).create();
    }

    /** As backups have it: without what the API server gave it, and without owners. */
    private static <T extends HasMetadata> T restorable(T object) {
        object.getMetadata().setUid(null);
        object.getMetadata().setResourceVersion(null);
        object.getMetadata().setCreationTimestamp(null);
        object.getMetadata().setManagedFields(List.of());
        object.getMetadata().setOwnerReferences(List.of());
        object.getMetadata().setFinalizers(List.of());
        return object;
    }

    private static Map<String, String> uids(List<HasMetadata> objects) {
        return objects.stream()
                .collect(toMap(TakeOverIT::name, object -> object.getMetadata().getUid()));
    }

    private static Map<String, Map<String, String>> data(List<HasMetadata> objects) {
        Map<String, Map<String, String>> data = new HashMap<>();
        objects.stream()
                .filter(object -> object instanceof Secret)
                .forEach(object -> data.put(name(object), ((Secret) object).getData()));
        return data;
    }

    private static Map<String, Long> generation(List<HasMetadata> objects) {
        return objects.stream()
                .filter(object -> object instanceof StatefulSet)
                .collect(toMap(TakeOverIT::name, object -> object.getMetadata().getGeneration()));
    }

    private static String name(HasMetadata object) {
        return object.getKind() + " " + object.getMetadata().getName();
    }
}
