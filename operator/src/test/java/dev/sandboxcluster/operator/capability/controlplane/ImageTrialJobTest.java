package dev.sandboxcluster.operator.capability.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.operator.Golden;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What tries an image for the control planes of the golden files. */
class ImageTrialJobTest {

    private static final Identity SANDBOX = new Identity("demo", "team-a", "0d3b0f1c");

    @ParameterizedTest
    @ValueSource(strings = {"defaults", "everything-set"})
    void isLikeTheControlPlaneWhereThatMatters(String name) {
        Path directory = Path.of("src/test/resources/desired", name);

        Golden.check(
                directory,
                "out-image-trial-job.yaml",
                ImageTrialJob.desired(SANDBOX, template(directory), Optional.of("node-7")));
    }

    @Test
    void nothingComesInOrGoesOut() {
        Golden.check(
                Path.of("src/test/resources/desired/defaults"),
                "out-image-trial-networkpolicy.yaml",
                ImageTrialNetworkPolicy.desired(SANDBOX));
    }

    @Test
    void itsNameTellsWhatIsTriedAndFitsThatOfTheLongestSandbox() {
        PodTemplateSpec template = template(Path.of("src/test/resources/desired/defaults"));
        PodTemplateSpec other = new PodTemplateSpecBuilder(template).build();
        container(other).setImage("rancher/k3s:v1.34.1-k3s1");
        Identity longest = new Identity("a".repeat(52), "team-a", "0d3b0f1c");

        String tried = name(ImageTrialJob.desired(longest, template, Optional.of("node-7")));

        assertThat(tried).hasSizeLessThanOrEqualTo(63);
        assertThat(name(ImageTrialJob.desired(longest, template, Optional.empty())))
                .isEqualTo(tried);
        assertThat(name(ImageTrialJob.desired(longest, other, Optional.of("node-7"))))
                .isNotEqualTo(tried);
    }

    private static String name(Job job) {
        return job.getMetadata().getName();
    }

    private static Container container(PodTemplateSpec template) {
        return template.getSpec().getContainers().get(0);
    }

    private static PodTemplateSpec template(Path directory) {
        return Golden.read(directory, "out-statefulset.yaml", StatefulSet.class)
                .getSpec()
                .getTemplate();
    }
}
