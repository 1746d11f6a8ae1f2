package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
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
    void killedAtEveryWriteItComesToTheSameResult() throws InterruptedException {
        operator.close();
        boolean finished = false;
        for (int writes = 0; !finished; writes++) {
            String name = "killed-at-" + writes;
            sandboxes.apply(name, "expose: {type: NodePort, nodePort: {hostName: nodes.example.com}}");
            RunningOperator.Death death = new RunningOperator.Death(writes);
            try (RunningOperator dying = RunningOperator.dyingAtWrite(HOST, death)) {
                finished = !death.await(3);
            }
            try (RunningOperator successor = RunningOperator.start(HOST)) {
                sandboxes.awaitReason(name, "Ready", "PodPending");
                sandboxes.awaitObject(StatefulSet.class, name);
                Secret pki = sandboxes.awaitObject(Secret.class, name + "-pki");
                Secret kubeconfig = sandboxes.awaitObject(Secret.class, name + "-kubeconfig");
                assertThat(Sandboxes.value(kubeconfig, "ca.crt")).isEqualTo(Sandboxes.value(pki, "server-ca.crt"));
                assertThat(Sandboxes.value(pki, "token"))
                        .startsWith("K10" + sandboxes.get(name).getStatus().caHash() + "::server:");
            }
            assertThat(writes).isLessThan(20);
        }
        operator = RunningOperator.start(HOST);
    }

    /** It must know what it wrote itself, though it is told two seconds later. */
    @Test
    void killedAtEveryWriteAndHearingLateItComesToTheSameResult() throws InterruptedException {
        operator.close();
        boolean finished = false;
        for (int writes = 0; !finished; writes++) {
            String name = "late-" + writes;
            sandboxes.apply(name, "expose: {type: NodePort, nodePort: {hostName: nodes.example.com}}");
            RunningOperator.Death death = new RunningOperator.Death(writes);
            try (LateWatches watches = LateWatches.by(Duration.ofSeconds(2));
                    RunningOperator dying = RunningOperator.dyingAtWrite(HOST, death, watches)) {
                finished = !death.await(3);
            }
            try (LateWatches watches = LateWatches.by(Duration.ofSeconds(2));
                    RunningOperator successor = RunningOperator.hearing(HOST, watches)) {
                sandboxes.awaitReason(name, "Ready", "PodPending");
                Secret pki = sandboxes.awaitObject(Secret.class, name + "-pki");
                Secret kubeconfig = sandboxes.awaitObject(Secret.class, name + "-kubeconfig");
                assertThat(Sandboxes.value(kubeconfig, "ca.crt")).isEqualTo(Sandboxes.value(pki, "server-ca.crt"));

                int written = HOST.writes().size();
                for (String names : List.of("a.example.com", "b.example.com", "c.example.com")) {
                    sandboxes.apply(
                            name,
                            "tlsSANs: [%s], expose: {type: NodePort, nodePort: {hostName: nodes.example.com}}"
                                    .formatted(names));
                }
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                                sandboxes.get(name).getStatus().observedGeneration())
                        .isEqualTo(4));
                assertThat(HOST.writes().stream().skip(written).filter(line -> line.contains("/" + name)))
                        .isNotEmpty()
                        .allMatch(line -> line.contains("/statefulsets/") || line.contains("/sandboxclusters/"));
                assertThat(Sandboxes.k3s(sandboxes.awaitObject(StatefulSet.class, name))
                                .getArgs())
                        .contains("--tls-san=c.example.com");
                assertThat(sandboxes
                                .awaitObject(Secret.class, name + "-kubeconfig")
                                .getData())
                        .isEqualTo(kubeconfig.getData());
            }
            assertThat(writes).isLessThan(20);
        }
        operator = RunningOperator.start(HOST);
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
