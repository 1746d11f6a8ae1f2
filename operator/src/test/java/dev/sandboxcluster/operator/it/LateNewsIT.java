package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An operator hears of everything two seconds late. */
class LateNewsIT extends OperatorFixture {

    /** It must know what it wrote itself. */
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
}
