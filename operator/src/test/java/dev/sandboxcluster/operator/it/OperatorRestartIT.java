package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Operators come and go, at any moment and in any number; what they have written stays as it is. */
class OperatorRestartIT extends OperatorFixture {

    @Test
    void aClusterKeepsItsImageWhenTheDefaultChanges() {
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        operator.close();
        operator = RunningOperator.start(HOST, Map.of("CONTROL_PLANE_VERSION", "v1.34.1-k3s1"));
        sandboxes.apply("newer", "");

        assertThat(Sandboxes.k3s(sandboxes.awaitObject(StatefulSet.class, "newer"))
                        .getImage())
                .isEqualTo("rancher/k3s:v1.34.1-k3s1");
        assertThat(Sandboxes.k3s(sandboxes.awaitObject(StatefulSet.class, "demo"))
                        .getImage())
                .isEqualTo("rancher/k3s:v1.33.5-k3s1");
    }

    @Test
    void anOperatorThatStartsAgainWritesNothing() {
        sandboxes.apply("one", "");
        sandboxes.apply("two", "expose: {type: NodePort}, tlsSANs: [a.example.com]");
        sandboxes.apply("kept", "storage: {type: Persistent, storageClassName: fast, retentionPolicy: Retain}");
        sandboxes.apply(
                "three",
                "expose: {type: NodePort, nodePort: {port: 30045, hostName: 10.0.0.1}},"
                        + " controlPlane: {resources: {limits: {memory: 2048Mi, cpu: 1000m}}, tolerations: [{operator: Exists}]}");
        List.of("one", "two", "three", "kept").forEach(name -> sandboxes.awaitReason(name, "Ready", "PodPending"));
        operator.close();
        int writes = HOST.writes().size();

        operator = RunningOperator.start(HOST);
        // The last SandboxCluster to be reconciled is a new one.
        sandboxes.apply("four", "");
        sandboxes.awaitReason("four", "Ready", "PodPending");

        assertThat(HOST.writes().stream().skip(writes))
                .isNotEmpty()
                .allMatch(line -> line.contains("\"four") || line.contains("/four"));
    }

    @Test
    void twoOperatorsAtOnceShowNoFailure() {
        Queue<String> reasons = new ConcurrentLinkedQueue<>();
        try (RunningOperator second = RunningOperator.start(HOST);
                var watch = HOST.admin()
                        .resources(SandboxCluster.class)
                        .inNamespace(sandboxes.namespace())
                        .watch(new Watcher<SandboxCluster>() {
                            @Override
                            public void eventReceived(Action action, SandboxCluster cluster) {
                                Stream.ofNullable(cluster.getStatus())
                                        .flatMap(status -> status.conditions().stream())
                                        .forEach(condition -> reasons.add(condition.getReason()));
                            }

                            @Override
                            public void onClose(WatcherException cause) {}
                        })) {
            for (int i = 0; i < 10; i++) {
                sandboxes.apply("shared-" + i, "");
            }
            for (int i = 0; i < 10; i++) {
                sandboxes.awaitReason("shared-" + i, "Ready", "PodPending");
            }
        }

        assertThat(reasons)
                .isNotEmpty()
                .isSubsetOf("PodPending", "UpToDate", "Published", "ControlPlaneNotRunning", "WaitingForEndpoint");
    }
}
