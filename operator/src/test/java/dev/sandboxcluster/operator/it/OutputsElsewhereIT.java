package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Argo CD's Secret in Argo CD's namespace: where it is permitted, for as long as its SandboxCluster is there. */
class OutputsElsewhereIT {

    @RegisterExtension
    static final HostCluster HOST = new HostCluster();

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String SECRET_TYPE = "argocd.argoproj.io/secret-type";

    private Sandboxes sandboxes;
    private Sandboxes argoCD;
    private Map<String, String> permitted;
    private RunningOperator operator;

    @BeforeEach
    void start() {
        HOST.runtimeClass("gvisor");
        sandboxes = new Sandboxes(HOST.admin(), HOST.namespace());
        argoCD = new Sandboxes(HOST.admin(), HOST.namespace());
        HOST.permitArgoCD(argoCD.namespace());
        permitted = Map.of("ARGOCD_NAMESPACES", argoCD.namespace());
        operator = RunningOperator.start(HOST, permitted);
    }

    @AfterEach
    void stop() {
        operator.close();
    }

    @Test
    void itIsWhereArgoCDReadsIt() {
        sandboxes.apply("demo", wanted());

        Secret secret = argoCD.awaitObject(Secret.class, name("demo"));
        assertThat(secret.getMetadata().getOwnerReferences()).isEmpty();
        assertThat(secret.getMetadata().getLabels())
                .containsEntry(SECRET_TYPE, "cluster")
                .containsEntry("sandboxcluster.dev/name", "demo")
                .containsEntry("sandboxcluster.dev/namespace", sandboxes.namespace());
        assertThat(Sandboxes.value(secret, "server")).isEqualTo("https://demo." + sandboxes.namespace() + ".svc:443");
        assertThat(sandboxes
                        .awaitReason("demo", "OutputsReady", "OutputsWritten")
                        .getMessage())
                .contains(argoCD.namespace() + "/" + name("demo"));
        assertThat(sandboxes.object(Secret.class, "demo-argocd").get()).isNull();

        AtomicLong last = new AtomicLong(-1);
        await().atMost(SOON).during(Duration.ofSeconds(2)).until(() -> {
            long now = writes();
            return last.getAndSet(now) == now;
        });
    }

    @Test
    void deletedOrEditedItComesBack() {
        sandboxes.apply("demo", wanted());
        Secret first = argoCD.awaitObject(Secret.class, name("demo"));
        sandboxes.awaitReason("demo", "OutputsReady", "OutputsWritten");

        argoCD.object(Secret.class, name("demo")).edit(secret -> new SecretBuilder(secret)
                .addToData("server", "ZWRpdGVk")
                .build());
        argoCD.awaitObject(
                Secret.class, name("demo"), secret -> secret.getData().equals(first.getData()));
        argoCD.object(Secret.class, name("demo")).delete();
        argoCD.awaitObject(
                Secret.class, name("demo"), secret -> secret.getData().equals(first.getData()));
    }

    @Test
    void itGoesWithItsSandboxCluster() {
        sandboxes.apply("demo", wanted());
        sandboxes.apply("other", wanted());
        argoCD.awaitObject(Secret.class, name("demo"));
        argoCD.awaitObject(Secret.class, name("other"));

        sandboxes.object(SandboxCluster.class, "demo").delete();

        awaitGone("demo");
        assertThat(argoCD.object(Secret.class, name("other")).get()).isNotNull();
    }

    @Test
    void itGoesThoughTheOperatorWasAwayWhenItsSandboxClusterWent() {
        sandboxes.apply("demo", wanted());
        argoCD.awaitObject(Secret.class, name("demo"));
        operator.close();
        sandboxes.object(SandboxCluster.class, "demo").delete();

        operator = RunningOperator.start(HOST, permitted);

        awaitGone("demo");
    }

    @Test
    void theNextOfThatNameHasAnother() {
        sandboxes.apply("demo", wanted());
        Secret former = argoCD.awaitObject(Secret.class, name("demo"));
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        sandboxes.object(SandboxCluster.class, "demo").delete();
        sandboxes.apply("demo", wanted());
        sandboxes.awaitReason("demo", "Ready", "Creating");
        sandboxes.collect("demo");

        argoCD.awaitObject(Secret.class, name("demo"), secret -> !secret.getMetadata()
                .getUid()
                .equals(former.getMetadata().getUid()));
        sandboxes.awaitReason("demo", "OutputsReady", "OutputsWritten");
    }

    @Test
    void itGoesWhenNobodyAsksForItAnyMoreAndMovesWhenItIsWantedElsewhere() {
        sandboxes.apply("demo", wanted());
        argoCD.awaitObject(Secret.class, name("demo"));
        sandboxes.awaitReason("demo", "OutputsReady", "OutputsWritten");

        sandboxes.apply("demo", "outputs: {argoCD: {enabled: true}}");
        awaitGone("demo");
        sandboxes.awaitObject(Secret.class, "demo-argocd");

        sandboxes.apply("demo", wanted());
        argoCD.awaitObject(Secret.class, name("demo"));
        sandboxes.awaitObject(Secret.class, "demo-argocd", secret -> !secret.getMetadata()
                .getLabels()
                .containsKey(SECRET_TYPE));

        sandboxes.apply("demo", "tlsSANs: []");
        awaitGone("demo");
        await().atMost(SOON)
                .until(() -> sandboxes.condition("demo", "OutputsReady").isEmpty());
    }

    @Test
    void elsewhereItIsNotPermittedUntilTheChartSaysSo() {
        Sandboxes another = new Sandboxes(HOST.admin(), HOST.namespace());
        sandboxes.apply(
                "demo",
                "outputs: {argoCD: {enabled: true, namespace: " + another.namespace()
                        + "}, caConfigMap: {enabled: true}}");

        assertThat(sandboxes
                        .awaitReason("demo", "OutputsReady", "NamespaceNotPermitted")
                        .getMessage())
                .contains("outputs.argoCDNamespaces", argoCD.namespace());
        assertThat(another.object(Secret.class, name("demo")).get()).isNull();

        HOST.permitArgoCD(another.namespace());
        operator.close();
        operator = RunningOperator.start(HOST, Map.of("ARGOCD_NAMESPACES", another.namespace()));
        another.awaitObject(Secret.class, name("demo"));
        sandboxes.awaitReason("demo", "OutputsReady", "OutputsWritten");
    }

    @Test
    void aNamespaceThatIsNotThereIsSaid() {
        String missing = argoCD.namespace() + "-later";
        operator.close();
        operator = RunningOperator.start(HOST, Map.of("ARGOCD_NAMESPACES", missing));
        sandboxes.apply("demo", "outputs: {argoCD: {enabled: true, namespace: " + missing + "}}");

        assertThat(sandboxes
                        .awaitReason("demo", "OutputsReady", "NamespaceNotFound")
                        .getMessage())
                .contains(missing);
        sandboxes.awaitReason("demo", "Ready", "PodPending");

        Namespace later = new NamespaceBuilder()
                .withNewMetadata()
                .withName(missing)
                .endMetadata()
                .build();
        HOST.admin().resource(later).create();
        sandboxes.awaitReason("demo", "OutputsReady", "OutputsWritten");
    }

    @Test
    void whatIsSomebodyElsesIsLeftAlone() {
        Secret foreign = HOST.admin()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name("demo"))
                        .withNamespace(argoCD.namespace())
                        .addToLabels("app.kubernetes.io/managed-by", "sandboxcluster-operator")
                        .addToLabels("sandboxcluster.dev/name", "demo")
                        .addToLabels("sandboxcluster.dev/namespace", sandboxes.namespace())
                        .endMetadata()
                        .build())
                .create();
        sandboxes.apply("demo", wanted());

        assertThat(sandboxes.awaitReason("demo", "OutputsReady", "NameConflict").getMessage())
                .contains("Secret " + argoCD.namespace() + "/" + name("demo"));
        sandboxes.object(SandboxCluster.class, "demo").delete();

        await().during(Duration.ofSeconds(3))
                .until(() -> argoCD.object(Secret.class, name("demo")).get().equals(foreign));
    }

    @Test
    void namespacedTheRoleThereIsEnough() {
        operator.close();
        String system = HOST.namespace();
        Config permissions = HOST.anotherOperator(system, sandboxes.namespace());
        HOST.permitArgoCD(system, argoCD.namespace());
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(permissions).build()) {
            // The API server hears of a RoleBinding a moment later.
            await().atMost(SOON)
                    .ignoreExceptions()
                    .until(() -> client.resources(SandboxCluster.class)
                                    .inNamespace(sandboxes.namespace())
                                    .list()
                            != null);
        }
        operator = RunningOperator.start(
                permissions,
                Map.of("WATCH_NAMESPACES", sandboxes.namespace(), "ARGOCD_NAMESPACES", argoCD.namespace()));
        sandboxes.apply("demo", wanted());
        Secret first = argoCD.awaitObject(Secret.class, name("demo"));
        sandboxes.awaitReason("demo", "OutputsReady", "OutputsWritten");

        argoCD.object(Secret.class, name("demo")).delete();
        argoCD.awaitObject(
                Secret.class, name("demo"), secret -> secret.getData().equals(first.getData()));

        sandboxes.object(SandboxCluster.class, "demo").delete();
        awaitGone("demo");
    }

    @Test
    void killedAtEveryWriteItLeavesNothingBehind() throws InterruptedException {
        operator.close();
        boolean finished = false;
        for (int writes = 3; !finished; writes++) {
            String name = "killed-at-" + writes;
            sandboxes.apply(name, wanted());
            RunningOperator.Death death = new RunningOperator.Death(writes);
            try (RunningOperator dying = RunningOperator.dyingAtWrite(HOST, death, permitted)) {
                finished = !death.await(3);
            }
            try (RunningOperator successor = RunningOperator.start(HOST, permitted)) {
                sandboxes.awaitReason(name, "OutputsReady", "OutputsWritten");
                argoCD.awaitObject(Secret.class, name(name));
                sandboxes.object(SandboxCluster.class, name).delete();
                awaitGone(name);
            }
            assertThat(writes).isLessThan(20);
        }
        operator = RunningOperator.start(HOST, permitted);
    }

    private String wanted() {
        return "outputs: {argoCD: {enabled: true, namespace: " + argoCD.namespace() + "}}";
    }

    private String name(String sandbox) {
        return sandbox + "." + sandboxes.namespace() + "-argocd";
    }

    private void awaitGone(String sandbox) {
        await().atMost(SOON).until(() -> Optional.ofNullable(
                        argoCD.object(Secret.class, name(sandbox)).get())
                .isEmpty());
    }

    private long writes() {
        return HOST.writes().stream()
                .filter(line -> line.contains(sandboxes.namespace()))
                .count();
    }
}
