package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.Golden;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What another release of the operator, or of its chart, makes of sandboxes that are there: nothing. {@code upgrade/} has
 * StatefulSets as they were made by the last release that wrote nothing down about them.
 */
class UpgradeIT extends OperatorFixture {

    /** One that no release has: whatever this one makes differs. */
    private static final String FORMER_FLAG = "--kube-apiserver-arg=v=1";

    private String name;

    static Stream<Path> cases() {
        return Golden.cases("upgrade");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aPodOfAnOlderReleaseStaysUntilItsSpecChanges(Path directory) {
        StatefulSet old = startedBefore(directory);
        operator = RunningOperator.start(HOST);

        StatefulSet adopted = awaitStatefulSet(
                present -> present.getMetadata().getAnnotations().containsKey(Annotations.MADE_FROM));
        assertThat(adopted.getSpec()).isEqualTo(old.getSpec());
        assertThat(adopted.getMetadata().getGeneration())
                .isEqualTo(old.getMetadata().getGeneration());
        assertThat(sandboxes.awaitReason(name, "UpToDate", "Outdated").getMessage())
                .contains("annotation sandboxcluster.dev/restart");

        restartOperator(Map.of("CONTROL_PLANE_IMAGE_REPOSITORY", "mirror.example.com/k3s"));
        assertThat(sandboxes.object(StatefulSet.class, name).get().getMetadata())
                .isEqualTo(adopted.getMetadata());

        patch("{'spec': {'tlsSANs': ['changed.example.com']}}");
        StatefulSet rolled =
                awaitStatefulSet(present -> Sandboxes.k3s(present).getArgs().contains("--tls-san=changed.example.com"));
        assertThat(Sandboxes.k3s(rolled).getArgs()).doesNotContain(FORMER_FLAG);
        assertThat(Sandboxes.k3s(rolled).getImage())
                .isEqualTo(Sandboxes.k3s(old).getImage());
        sandboxes.awaitReason(name, "UpToDate", "UpToDate");
    }

    @Test
    void aSpecThatChangedWhileNoOperatorRanIsNotTakenForWhatThePodWasMadeFrom() {
        startedBefore(Path.of("src/test/resources/upgrade/defaults"));
        patch("{'spec': {'tlsSANs': ['changed.example.com']}}");
        operator = RunningOperator.start(HOST);

        awaitStatefulSet(present -> Sandboxes.k3s(present).getArgs().contains("--tls-san=changed.example.com"));
    }

    @Test
    void aChangeIsNotForgottenWhileSomethingIsInItsWay() {
        startedBefore(Path.of("src/test/resources/upgrade/defaults"));
        Secret keys = sandboxes.object(Secret.class, "demo-pki").get();
        sandboxes.object(Secret.class, "demo-pki").delete();
        patch("{'spec': {'tlsSANs': ['changed.example.com']}}");
        operator = RunningOperator.start(HOST);
        assertThat(sandboxes.awaitReason(name, "UpToDate", "RestartPending").getObservedGeneration())
                .isEqualTo(2);
        restartOperator(Map.of());
        sandboxes.awaitReason(name, "UpToDate", "RestartPending");

        keys.getMetadata().setResourceVersion(null);
        HOST.admin().resource(keys).create();
        awaitStatefulSet(present -> Sandboxes.k3s(present).getArgs().contains("--tls-san=changed.example.com"));
    }

    @Test
    void aPodIsReplacedOnRequest() {
        startedBefore(Path.of("src/test/resources/upgrade/persistent"));
        operator = RunningOperator.start(HOST);
        sandboxes.awaitReason(name, "UpToDate", "Outdated");

        patch("{'metadata': {'annotations': {'sandboxcluster.dev/restart': 'first'}}}");
        StatefulSet restarted =
                awaitStatefulSet(present -> !Sandboxes.k3s(present).getArgs().contains(FORMER_FLAG));
        assertThat(restarted.getSpec().getTemplate().getMetadata().getAnnotations())
                .containsEntry(Annotations.RESTART, "first");
        assertThat(sandboxes.events("ControlPlaneRestarting")).isNotEmpty();

        patch("{'metadata': {'annotations': {'sandboxcluster.dev/restart': 'second'}}}");
        StatefulSet again = awaitStatefulSet(present -> "second"
                .equals(present.getSpec()
                        .getTemplate()
                        .getMetadata()
                        .getAnnotations()
                        .get(Annotations.RESTART)));

        patch("{'metadata': {'annotations': {'sandboxcluster.dev/restart': null}}}");
        restartOperator(Map.of());
        assertThat(sandboxes.object(StatefulSet.class, name).get().getMetadata())
                .isEqualTo(again.getMetadata());
    }

    @Test
    void whatThePodIsNotMadeFromDoesNotReplaceIt() {
        StatefulSet old = startedBefore(Path.of("src/test/resources/upgrade/persistent"));
        operator = RunningOperator.start(HOST);
        sandboxes.awaitReason(name, "UpToDate", "Outdated");

        patch("{'spec': {'storage': {'size': '6Gi', 'retentionPolicy': 'Delete'}}}");
        restartOperator(Map.of("CONTROL_PLANE_VERSION", "v1.34.1-k3s1"));

        assertThat(sandboxes.object(StatefulSet.class, name).get().getSpec()).isEqualTo(old.getSpec());
    }

    @Test
    void whoEditsThePodOfAnOlderReleaseGetsItBackAsItWas() {
        StatefulSet old = startedBefore(Path.of("src/test/resources/upgrade/defaults"));
        operator = RunningOperator.start(HOST);
        sandboxes.awaitReason(name, "UpToDate", "Outdated");
        sandboxes.object(StatefulSet.class, name).edit(present -> {
            present.getSpec().getTemplate().getSpec().setRuntimeClassName(null);
            return present;
        });

        awaitStatefulSet(present ->
                present.getMetadata().getGeneration() >= 3 && present.getSpec().equals(old.getSpec()));
    }

    @Test
    void anImageOfWhichTheSpecSaysHalfStaysAsItIs() {
        sandboxes.apply("demo", "controlPlane: {image: registry.example.com/k3s}");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        sandboxes.apply("other", "version: v1.34.1-k3s1");
        sandboxes.awaitReason("other", "Ready", "PodPending");

        restartOperator(Map.of(
                "CONTROL_PLANE_VERSION", "v1.34.2-k3s1", "CONTROL_PLANE_IMAGE_REPOSITORY", "mirror.example.com/k3s"));
        sandboxes.apply("demo", "controlPlane: {image: registry.example.com/k3s}, tlsSANs: [a.example.com]");
        sandboxes.apply("other", "version: v1.34.1-k3s1, tlsSANs: [a.example.com]");

        assertThat(awaitImageWithName("demo")).isEqualTo("registry.example.com/k3s:v1.33.5-k3s1");
        assertThat(awaitImageWithName("other")).isEqualTo("rancher/k3s:v1.34.1-k3s1");
        sandboxes.apply("other", "version: v1.34.2-k3s1");
        sandboxes.awaitObject(StatefulSet.class, "other", present -> Sandboxes.k3s(present)
                .getImage()
                .equals("mirror.example.com/k3s:v1.34.2-k3s1"));
    }

    private String awaitImageWithName(String sandbox) {
        return Sandboxes.k3s(sandboxes.awaitObject(StatefulSet.class, sandbox, present -> Sandboxes.k3s(present)
                        .getArgs()
                        .contains("--tls-san=a.example.com")))
                .getImage();
    }

    /** A SandboxCluster with what another release made for it, and said about it. */
    private StatefulSet startedBefore(Path directory) {
        SandboxCluster cluster = Golden.read(directory, "in-cluster.yaml", SandboxCluster.class);
        name = cluster.getMetadata().getName();
        cluster.getMetadata().setNamespace(sandboxes.namespace());
        cluster.getMetadata().setUid(null);
        HOST.runtimeClass("kata");
        SandboxCluster created = HOST.admin().resource(cluster).create();
        sandboxes.awaitReason(name, "Ready", "PodPending");
        operator.close();
        sandboxes.object(StatefulSet.class, name).delete();

        StatefulSet statefulSet = Golden.read(directory, "in-statefulset.yaml", StatefulSet.class);
        statefulSet.getMetadata().setNamespace(sandboxes.namespace());
        statefulSet
                .getMetadata()
                .getOwnerReferences()
                .get(0)
                .setUid(created.getMetadata().getUid());
        Sandboxes.k3s(statefulSet).getArgs().add(FORMER_FLAG);
        try (KubernetesClient before =
                new KubernetesClientBuilder().withConfig(HOST.operator()).build()) {
            return before.resource(statefulSet).fieldManager(Labels.OPERATOR).serverSideApply();
        }
    }

    private StatefulSet awaitStatefulSet(Predicate<StatefulSet> expected) {
        return sandboxes.awaitObject(StatefulSet.class, name, expected);
    }

    private void patch(String change) {
        sandboxes
                .object(SandboxCluster.class, name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), change.replace('\'', '"'));
    }

    /** When this returns, it has looked at every SandboxCluster that is there. */
    private void restartOperator(Map<String, String> settings) {
        operator.close();
        operator = RunningOperator.start(HOST, settings);
        sandboxes.apply("last", "");
        sandboxes.awaitReason("last", "Ready", "PodPending");
    }
}
