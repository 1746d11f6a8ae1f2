package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** k3s's address ranges are IPv4: on a host cluster that prefers the other family, a sandbox gets IPv4 or says so. */
class AddressFamilyIT {

    private static final String IPV6 = "fd00:10:96::/112";

    private static HostCluster withServices(String ranges) {
        return new HostCluster(List.of("--service-cluster-ip-range=" + ranges, "--advertise-address=fd00::1"));
    }

    @Nested
    class OfBothFamiliesIpv6First {

        @RegisterExtension
        static final HostCluster HOST = withServices(IPV6 + ",10.96.0.0/16");

        @Test
        void theServiceHasAnIpv4Address() {
            HOST.runtimeClass("gvisor");
            Sandboxes sandboxes = new Sandboxes(HOST.admin(), HOST.namespace());
            try (RunningOperator operator = RunningOperator.start(HOST)) {
                sandboxes.apply("demo", "storage: {type: Persistent, storageClassName: fast}");

                StatefulSet statefulSet = sandboxes.awaitObject(StatefulSet.class, "demo");
                String address =
                        sandboxes.object(Service.class, "demo").get().getSpec().getClusterIP();
                assertThat(address).startsWith("10.96.");
                assertThat(Sandboxes.k3s(statefulSet).getArgs()).contains("--node-ip=" + address);
            }
        }

        @Test
        void oneThatWasMadeWithoutSaysWhatToDo() {
            HOST.runtimeClass("gvisor");
            Sandboxes sandboxes = new Sandboxes(HOST.admin(), HOST.namespace());
            sandboxes.apply("demo", "storage: {type: Persistent, storageClassName: fast}");
            sandboxes.apply("other", "");
            sandboxes.serveAtIpv6("demo");
            sandboxes.serveAtIpv6("other");
            try (RunningOperator operator = RunningOperator.start(HOST)) {
                assertThat(sandboxes
                                .awaitReason("demo", "Ready", "IPv4Required")
                                .getMessage())
                        .contains("delete the Service");
                sandboxes.awaitReason("other", "Ready", "PodPending");

                sandboxes.object(Service.class, "demo").delete();
                sandboxes.awaitObject(StatefulSet.class, "demo");
            }
        }
    }

    @Nested
    class OfIpv6Alone {

        @RegisterExtension
        static final HostCluster HOST = withServices(IPV6);

        @Test
        void itSaysThatIpv4IsNeeded() {
            HOST.runtimeClass("gvisor");
            Sandboxes sandboxes = new Sandboxes(HOST.admin(), HOST.namespace());
            try (RunningOperator operator = RunningOperator.start(HOST)) {
                sandboxes.apply("demo", "");

                assertThat(sandboxes
                                .awaitReason("demo", "Ready", "IPv4Required")
                                .getMessage())
                        .contains("dual-stack");
            }
        }
    }
}
