package dev.sandboxcluster.operator.capability.workers.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostedStatefulSetTest {

    private static final Identity SANDBOX = new Identity("demo", "previews", "a-uid");

    @Test
    void podsStayWhateverAnotherReleaseWouldMakeOfThem() {
        StatefulSet before = ofAnotherRelease(desired("count: 1", "ca", "life", Optional.empty()));

        assertThat(environment(desired("count: 2", "ca", "life", Optional.of(before))))
                .as("another number")
                .isEqualTo("FORMERLY");
        assertThat(environment(desired("count: 1, labels: {a: b}", "ca", "life", Optional.of(before))))
                .as("what Nodes have is no matter of pods")
                .isEqualTo("FORMERLY");
        StatefulSet anew = desired("count: 1", "ca", "another", Optional.of(before));
        assertThat(environment(anew)).isEqualTo("FORMERLY");
        assertThat(HostedStatefulSet.objectsOf(anew)).contains("another");
    }

    @Test
    void podsAreMadeAnewFromAnotherSpecOrCa() {
        StatefulSet before = ofAnotherRelease(desired("count: 1", "ca", "life", Optional.empty()));

        assertThat(environment(desired("count: 1", "another", "life", Optional.of(before))))
                .isEqualTo("POD_NAME");
        assertThat(environment(desired("count: 1, nodeSelector: {a: b}", "ca", "life", Optional.of(before))))
                .isEqualTo("POD_NAME");
    }

    private static StatefulSet ofAnotherRelease(StatefulSet made) {
        return new StatefulSetBuilder(made)
                .editSpec()
                .editTemplate()
                .editSpec()
                .editFirstContainer()
                .editFirstEnv()
                .withName("FORMERLY")
                .endEnv()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static String environment(StatefulSet statefulSet) {
        return statefulSet
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getEnv()
                .get(0)
                .getName();
    }

    private static StatefulSet desired(String hosted, String ca, String life, Optional<StatefulSet> present) {
        HostedSettings settings = HostedSettings.of(
                        Serialization.unmarshal("workers: {hosted: {" + hosted + "}}", SandboxClusterSpec.class),
                        "rancher/k3s:v1.33.5-k3s1",
                        OperatorConfig.from(Map.of()).hosted())
                .orElseThrow();
        return HostedStatefulSet.desired(
                SANDBOX,
                settings,
                ca,
                life,
                HostedScale.Step.to(settings.nodes().count()),
                present);
    }
}
