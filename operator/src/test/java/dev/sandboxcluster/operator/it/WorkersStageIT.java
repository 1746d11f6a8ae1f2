package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What external workers ask of the host cluster, before any machine joins. */
class WorkersStageIT extends OperatorFixture {

    private static final String WORKERS =
            "workers: {external: {enabled: true}}, storage: {type: Persistent, storageClassName: fast}";

    @Test
    void withWorkersTheControlPlaneWaitsForItsAddress() {
        sandboxes.apply("demo", WORKERS + ", expose: {type: LoadBalancer}");

        assertThat(sandboxes.awaitReason("demo", "Ready", "WaitingForAddress").getMessage())
                .contains("take expose.type NodePort");
        sandboxes.balance("demo", null, "lb.example.com");
        assertThat(sandboxes
                        .awaitReason("demo", "Ready", "LoadBalancerWithoutIP")
                        .getMessage())
                .contains("lb.example.com");
        assertThat(sandboxes.object(StatefulSet.class, "demo").get()).isNull();

        sandboxes.balance("demo", "192.0.2.9", null);
        assertThat(Sandboxes.k3s(sandboxes.awaitObject(StatefulSet.class, "demo"))
                        .getArgs())
                .contains("--tls-san=192.0.2.9", "--egress-selector-mode=cluster", "--flannel-backend=vxlan");
    }

    @Test
    void turningWorkersOnIsAnnounced() {
        sandboxes.apply("demo", "storage: {type: Persistent, storageClassName: fast}");
        sandboxes.awaitReason("demo", "Ready", "PodPending");

        sandboxes.apply("demo", WORKERS + ", expose: {type: NodePort, nodePort: {hostName: 192.0.2.1}}");
        sandboxes.awaitObject(StatefulSet.class, "demo", changed -> Sandboxes.k3s(changed)
                .getArgs()
                .contains("--tls-san=192.0.2.1"));
        assertThat(sandboxes.events("ControlPlaneRestarting"))
                .singleElement()
                .satisfies(event -> assertThat(event.getMessage()).contains("--flannel-backend=vxlan"));
    }

    @Test
    void addressRangesThatOverlapTheHostClustersAreNamed() {
        operator.close();
        operator = RunningOperator.start(HOST, Map.of("HOST_CIDRS", "10.52.7.0/24"));
        sandboxes.apply("demo", WORKERS + ", expose: {type: NodePort, nodePort: {hostName: 192.0.2.1}}");

        assertThat(sandboxes.awaitReason("demo", "WorkersReady", "CIDROverlap").getMessage())
                .contains("network.podCIDR 10.52.0.0/16 overlaps 10.52.7.0/24");
    }
}
