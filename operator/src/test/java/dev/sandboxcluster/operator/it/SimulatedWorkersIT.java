package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What simulated workers ask of the host cluster. What happens in the sandbox, {@code SimulationSessionIT} shows. */
class SimulatedWorkersIT extends OperatorFixture {

    private static final Predicate<StatefulSet> SIMULATES = statefulSet ->
            statefulSet.getSpec().getTemplate().getSpec().getContainers().size() == 2;

    @Test
    void theyAreSimulatedBesideTheControlPlaneWithNoMorePower() {
        operator.close();
        operator = RunningOperator.start(HOST, Map.of("SIMULATION_IMAGE", "registry.example.com/kwok:v0.8.0"));
        sandboxes.apply("demo", "workers: {simulated: {count: 3}}");

        StatefulSet statefulSet = sandboxes.awaitObject(StatefulSet.class, "demo");
        Container k3s = Sandboxes.k3s(statefulSet);
        Container simulation =
                statefulSet.getSpec().getTemplate().getSpec().getContainers().get(1);
        assertThat(simulation.getImage()).isEqualTo("registry.example.com/kwok:v0.8.0");
        assertThat(simulation.getSecurityContext()).isEqualTo(k3s.getSecurityContext());
        assertThat(simulation.getVolumeMounts())
                .allSatisfy(mount -> assertThat(mount.getReadOnly()).isTrue());
        assertThat(k3s.getArgs()).contains("--disable-helm-controller");
        assertThat(sandboxes.awaitObject(ConfigMap.class, "demo-simulation").getData())
                .containsKey("kwok.yaml");
        assertThat(sandboxes.awaitObject(NetworkPolicy.class, "demo").getSpec().getEgress())
                .isEmpty();
        assertThat(sandboxes
                        .awaitReason("demo", "SimulatedWorkersReady", "ControlPlaneNotRunning")
                        .getStatus())
                .isEqualTo("Unknown");
    }

    @Test
    void anotherNumberIsNoOtherPod() {
        sandboxes.apply("demo", "workers: {simulated: {count: 3}}");
        StatefulSet before = sandboxes.awaitObject(StatefulSet.class, "demo");

        sandboxes.apply(
                "demo", "workers: {simulated: {count: 5, labels: {a: b}, capacity: {cpu: 2}, architecture: arm64}}");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> sandboxes.get("demo").getStatus().observedGeneration() == 2);
        assertThat(sandboxes.object(StatefulSet.class, "demo").get().getSpec()).isEqualTo(before.getSpec());
        assertThat(sandboxes.events("ControlPlaneRestarting")).isEmpty();
    }

    @Test
    void withOrWithoutIsAnotherPod() {
        sandboxes.apply("demo", "expose: {type: NodePort}");
        sandboxes.awaitObject(StatefulSet.class, "demo", SIMULATES.negate());

        sandboxes.apply("demo", "expose: {type: NodePort}, workers: {simulated: {count: 1}}");
        sandboxes.awaitObject(StatefulSet.class, "demo", SIMULATES);
        assertThat(sandboxes.events("ControlPlaneRestarting")).hasSize(1);

        sandboxes.apply("demo", "expose: {type: NodePort}");
        sandboxes.awaitObject(StatefulSet.class, "demo", SIMULATES.negate());
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        sandboxes.condition("demo", "SimulatedWorkersReady").isEmpty());
    }

    @Test
    void anImageThatCannotBePulledIsNamed() {
        sandboxes.apply("demo", "workers: {simulated: {count: 1}}");
        StatefulSet statefulSet = sandboxes.awaitObject(StatefulSet.class, "demo");
        HOST.admin()
                .resource(new PodBuilder()
                        .withMetadata(statefulSet.getSpec().getTemplate().getMetadata())
                        .editMetadata()
                        .withName("demo-0")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .withSpec(statefulSet.getSpec().getTemplate().getSpec())
                        .build())
                .create();
        sandboxes.object(Pod.class, "demo-0").editStatus(present -> new PodBuilder(present)
                .editOrNewStatus()
                .withContainerStatuses()
                .addNewContainerStatus()
                .withName("simulation")
                .withImage("registry.k8s.io/kwok/kwok:v0.8.0")
                .withImageID("")
                .withRestartCount(0)
                .withReady(false)
                .withNewState()
                .withNewWaiting()
                .withReason("ImagePullBackOff")
                .withMessage("not found")
                .endWaiting()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build());

        assertThat(sandboxes
                        .awaitReason("demo", "SimulatedWorkersReady", "SimulationFailing")
                        .getMessage())
                .contains("registry.k8s.io/kwok/kwok:v0.8.0", "simulation.image", "not found");
    }
}
