package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A host cluster that has few addresses and node ports for Services: a sandbox that gets none says so, and waits. */
class ServiceRangeIT {

    @RegisterExtension
    static final HostCluster HOST = new HostCluster(
            List.of("--service-cluster-ip-range=10.96.0.0/28", "--service-node-port-range=30000-30001"));

    private final Sandboxes sandboxes = new Sandboxes(HOST.admin(), HOST.namespace());

    @Test
    void withoutAnAddress() {
        goesOnWhenThereIsRoom("ClusterIP", "expose: {type: ClusterIP}");
    }

    @Test
    void withoutANodePort() {
        goesOnWhenThereIsRoom("NodePort", "expose: {type: NodePort}");
    }

    private void goesOnWhenThereIsRoom(String type, String spec) {
        HOST.runtimeClass("gvisor");
        List<Service> all = useUp(type);
        try (RunningOperator operator = RunningOperator.start(HOST)) {
            sandboxes.apply("demo", spec);

            assertThat(sandboxes
                            .awaitReason("demo", "Ready", "ServiceRangeFull")
                            .getMessage())
                    .contains("range is full");

            HOST.admin().resource(all.remove(0)).delete();
            sandboxes.awaitObject(StatefulSet.class, "demo");
        } finally {
            all.forEach(service -> HOST.admin().resource(service).delete());
        }
    }

    private static List<Service> useUp(String type) {
        String namespace = HOST.namespace();
        List<Service> all = new ArrayList<>();
        try {
            while (all.size() < 20) {
                all.add(HOST.admin()
                        .resource(new ServiceBuilder()
                                .withNewMetadata()
                                .withName("other-" + all.size())
                                .withNamespace(namespace)
                                .endMetadata()
                                .withNewSpec()
                                .withType(type)
                                .addNewPort()
                                .withPort(80)
                                .endPort()
                                .endSpec()
                                .build())
                        .create());
            }
        } catch (KubernetesClientException full) {
            assertThat(full.getMessage()).contains("range is full");
        }
        assertThat(all).hasSizeBetween(2, 19);
        return all;
    }
}
