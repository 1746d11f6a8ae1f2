package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import org.junit.jupiter.api.Test;

/** Whatever the last thing was that an operator wrote before it was killed. */
class OperatorDeathIT extends OperatorFixture {

    @Test
    void killedAtEveryWriteItComesToTheSameResult() throws InterruptedException {
        operator.close();
        boolean finished = false;
        for (int writes = 0; !finished; writes++) {
            String name = "killed-at-" + writes;
            sandboxes.apply(
                    name,
                    "expose: {type: NodePort, nodePort: {hostName: nodes.example.com}},"
                            + " outputs: {argoCD: {enabled: true}, caConfigMap: {enabled: true}}");
            RunningOperator.Death death = new RunningOperator.Death(writes);
            try (RunningOperator dying = RunningOperator.dyingAtWrite(HOST, death)) {
                finished = !death.await(3);
            }
            try (RunningOperator successor = RunningOperator.start(HOST)) {
                sandboxes.awaitReason(name, "Ready", "PodPending");
                sandboxes.awaitObject(StatefulSet.class, name);
                sandboxes.awaitReason(name, "OutputsReady", "OutputsWritten");
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
}
