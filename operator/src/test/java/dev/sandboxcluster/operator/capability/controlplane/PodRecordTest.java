package dev.sandboxcluster.operator.capability.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.operator.Golden;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the pod that is there tells about itself, whichever release started it. */
class PodRecordTest {

    @ParameterizedTest
    @CsvSource({
        "upgrade/persistent/in-statefulset.yaml, true",
        "desired/persistent/out-statefulset.yaml, false",
        "desired/workers-kubelet-tls/out-statefulset.yaml, false",
        "desired/workers-k3s-agent/out-statefulset.yaml, true"
    })
    void namesOfFormerPodsPileUpWhereTheSupervisorIsNotApart(Path file, boolean growing) {
        Path resources = Path.of("src/test/resources");
        StatefulSet started = Golden.read(
                resources.resolve(file).getParent(), file.getFileName().toString(), StatefulSet.class);

        assertThat(PodRecord.of(started).growingCertificate()).isEqualTo(growing);
    }
}
