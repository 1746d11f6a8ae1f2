package dev.sandboxcluster.operator.capability.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.objects.Containers;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.pod.Contribution;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a capability adds to the pod is in it. The golden files of {@code desired/} say what those that there are add. */
class ControlPlaneStatefulSetTest {

    private static final Container SIDECAR =
            new ContainerBuilder().withName("beside").withImage("beside:1").build();

    private static final Contribution FIRST = Contribution.ofVolume(
                    new VolumeBuilder().withName("first").build(), "/first", null)
            .withPreparation(List.of("prepare first"))
            .withArguments(List.of("server", "--first"))
            .withEnv(Map.of("A", "1"));

    private static final Contribution SECOND = Contribution.ofArguments(List.of("--second"))
            .withPreparation(List.of("prepare second"))
            .withEnv(Map.of("A", "2"))
            .withContainers(List.of(SIDECAR));

    @Test
    void everythingThatIsContributedIsInThePod() {
        PodSpec pod = pod(FIRST, SECOND);
        Container k3s = Containers.named("k3s", pod).orElseThrow();

        assertThat(k3s.getArgs()).containsExactly("server", "--first", "--second");
        assertThat(k3s.getCommand()).contains("prepare first && prepare second && exec k3s \"$@\"");
        assertThat(k3s.getEnv()).singleElement().satisfies(variable -> assertThat(variable.getValue())
                .isEqualTo("2"));
        assertThat(k3s.getVolumeMounts()).hasSize(1);
        assertThat(pod.getVolumes()).extracting(Volume::getName).containsExactly("first");
        assertThat(Containers.named("beside", pod)).hasValueSatisfying(beside -> {
            assertThat(beside.getImage()).isEqualTo("beside:1");
            assertThat(beside.getSecurityContext()).isEqualTo(k3s.getSecurityContext());
        });
    }

    @Test
    void aContainerIsFoundByItsNameWhereverItStands() {
        PodSpec pod = new PodSpecBuilder(pod(FIRST)).addToContainers(0, SIDECAR).build();

        assertThat(Containers.named("k3s", pod))
                .get()
                .extracting(Container::getArgs)
                .isEqualTo(List.of("server", "--first"));
        assertThat(Containers.named("other", pod)).isEmpty();
    }

    @Test
    void aNodeThatMustNotRestartItWaitsForItsStartAlone() {
        Container looked = Containers.named("k3s", pod(FIRST)).orElseThrow();
        Container left = Containers.named("k3s", pod(FIRST, Contribution.NONE.stoppable(List.of("kill", "-CONT"))))
                .orElseThrow();

        assertThat(looked.getLivenessProbe()).isNotNull();
        assertThat(looked.getReadinessProbe()).isNotNull();
        assertThat(looked.getLifecycle()).isNull();
        assertThat(left.getLivenessProbe()).isNull();
        assertThat(left.getReadinessProbe()).isNull();
        assertThat(left.getStartupProbe().getHttpGet().getPath())
                .as("nothing looks later whether it knows what users may do")
                .isEqualTo("/readyz");
        assertThat(left.getLifecycle().getPreStop().getExec().getCommand())
                .as("what is stopped hears no signal to end")
                .containsExactly("kill", "-CONT");
    }

    private static PodSpec pod(Contribution... parts) {
        return ControlPlaneStatefulSet.desired(
                        new Identity("demo", "previews", "u"),
                        ControlPlaneSettings.of(
                                SandboxClusterSpec.EMPTY,
                                Optional.empty(),
                                SandboxClusterStatus.EMPTY,
                                OperatorConfig.from(Map.of()),
                                Optional.empty()),
                        Contribution.sum(List.of(parts)))
                .getSpec()
                .getTemplate()
                .getSpec();
    }
}
