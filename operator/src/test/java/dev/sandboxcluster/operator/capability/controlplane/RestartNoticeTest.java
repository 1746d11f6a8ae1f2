package dev.sandboxcluster.operator.capability.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.operator.Golden;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RestartNoticeTest {

    @Test
    void turningExternalWorkersOnSaysWhatChanges() {
        StatefulSet before = statefulSet("workers-k3s-agent");
        k3s(before)
                .getArgs()
                .replaceAll(argument -> argument.equals("--kube-apiserver-arg=endpoint-reconciler-type=none")
                        ? "--disable-helm-controller"
                        : argument);

        assertThat(RestartNotice.of(before, statefulSet("workers-k3s-agent")))
                .hasValueSatisfying(notice -> assertThat(notice)
                        .contains("started anew: --kube-apiserver-arg=endpoint-reconciler-type=none,"
                                + " without --disable-helm-controller."));
    }

    @Test
    void nothingWhereNothingChanges() {
        assertThat(RestartNotice.of(statefulSet("persistent"), statefulSet("persistent")))
                .isEmpty();
    }

    private static Container k3s(StatefulSet controlPlane) {
        return controlPlane.getSpec().getTemplate().getSpec().getContainers().stream()
                .filter(container -> container.getName().equals("k3s"))
                .findFirst()
                .orElseThrow();
    }

    private static StatefulSet statefulSet(String example) {
        return Golden.read(Path.of("src/test/resources/desired", example), "out-statefulset.yaml", StatefulSet.class);
    }
}
