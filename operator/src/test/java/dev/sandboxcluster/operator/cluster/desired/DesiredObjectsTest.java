package dev.sandboxcluster.operator.cluster.desired;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.Golden;
import dev.sandboxcluster.operator.config.OperatorConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DesiredObjectsTest {

    private static final ServiceAddresses ADDRESSES = new ServiceAddresses(
            Optional.of("10.96.0.7"), Optional.of(30443), Optional.of("192.0.2.9"), Optional.empty());

    static Stream<Path> cases() {
        return Golden.cases("desired");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void objects(Path directory) {
        Blueprint blueprint = Blueprint.of(
                Golden.read(directory, "in-cluster.yaml", SandboxCluster.class), OperatorConfig.from(Map.of()));

        Golden.check(directory, "out-statefulset.yaml", ControlPlaneStatefulSet.desired(blueprint, ADDRESSES));
        Golden.check(directory, "out-service.yaml", ControlPlaneService.desired(blueprint));
        Golden.check(directory, "out-networkpolicy.yaml", ControlPlaneNetworkPolicy.desired(blueprint));
        if (blueprint.volume().isPresent()) {
            Golden.check(
                    directory,
                    "out-persistentvolumeclaim.yaml",
                    VolumeClaim.desired(blueprint, "0123abcd", Optional.empty()));
        }
        Golden.check(directory, "out-configmap.yaml", AuthenticationConfigMap.desired(blueprint));
    }
}
