package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** With simulated workers, what waits for pods comes to its end. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimulatedIT {

    @RegisterExtension
    static final Testbed BED = new Testbed();

    private static final Duration LONG = Duration.ofMinutes(3);
    /** A Job that Helm waits for, before and after the chart's own objects. */
    private static final String HOOK = """
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: prepare
              annotations: {helm.sh/hook: "pre-install,post-install"}
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: prepare, image: registry.invalid/prepare, command: [prepare]}]
            """;

    private static final String DATABASE = """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: database}
            spec:
              replicas: 2
              serviceName: database
              selector: {matchLabels: {app: database}}
              template:
                metadata: {labels: {app: database}}
                spec: {containers: [{name: database, image: registry.invalid/database}]}
              volumeClaimTemplates:
                - metadata: {name: data}
                  spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            """;

    private static final String BUSY = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: busy}
            spec:
              selector: {matchLabels: {app: busy}}
              template:
                metadata: {labels: {app: busy}, annotations: {sandboxcluster.dev/simulate-cpu: 300m}}
                spec: {containers: [{name: busy, image: registry.invalid/busy, resources: {requests: {cpu: 100m}}}]}
            """;

    private Sandbox sandbox;
    private Path kubeconfig;

    @BeforeAll
    void withThreeNodes() {
        sandbox = Sandbox.apply(
                        BED,
                        BED.lastingNamespace("simulated"),
                        "demo",
                        "expose: {type: NodePort}, storage: {type: Persistent}, workers: {simulated: {count: 3}}")
                .awaitReady();
        kubeconfig = sandbox.kubeconfig();
    }

    @Test
    void itIsReadyWithItsNodes() {
        Sandbox fresh = Sandbox.apply(
                        BED,
                        BED.namespace("simulated"),
                        "fresh",
                        "expose: {type: NodePort}, workers: {simulated: {count: 2}}")
                .awaitReady();

        assertThat(fresh.condition("SimulatedWorkersReady"))
                .hasValueSatisfying(found -> assertThat(found.getStatus()).isEqualTo("True"));
        assertThat(fresh.status().workers().simulated().ready()).isEqualTo(2);
        assertThat(nodesAreReady(fresh)).contains("simulated-1", "simulated-2");
    }

    @Test
    void aChartIsInstalledWithItsHooksAndItsPodsAreReady(@TempDir Path charts) throws IOException {
        Path chart = charts.resolve("hello");
        Bed.helm(kubeconfig, "create", chart.toString()).run().ok();
        Files.writeString(chart.resolve("templates/prepare.yaml"), HOOK);
        Files.writeString(chart.resolve("templates/database.yaml"), DATABASE);

        Instant begun = Instant.now();
        Bed.helm(
                        kubeconfig,
                        "install",
                        "hello",
                        chart.toString(),
                        "--create-namespace",
                        "--namespace=charted",
                        "--wait",
                        "--wait-for-jobs",
                        "--timeout=1m")
                .run(LONG)
                .ok();
        System.out.printf(
                "%d ms from helm install --wait to its end%n",
                Duration.between(begun, Instant.now()).toMillis());

        sandbox.kubectl("rollout", "status", "deployment/hello", "--namespace=charted", "--timeout=30s")
                .run(LONG)
                .ok();
        assertThat(sandbox.kubectl(
                                "get",
                                "endpoints",
                                "hello",
                                "--namespace=charted",
                                "--output=jsonpath={.subsets[0].addresses[0].ip}")
                        .run()
                        .ok())
                .isNotBlank();
        assertThat(sandbox.kubectl("get", "pvc", "--namespace=charted", "--output=jsonpath={.items[*].status.phase}")
                        .run()
                        .ok())
                .isEqualTo("Bound Bound");
    }

    @Test
    void aVolumeGoesWithItsClaim() {
        sandbox.kubectl("apply", "--filename=" + Sandbox.write("""
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: for-a-while}
                spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}
                """)).run().ok();
        await().atMost(LONG).until(() -> volumes().contains("for-a-while=Bound"));

        sandbox.kubectl("delete", "pvc", "for-a-while").run().ok();

        await().atMost(LONG).until(() -> !volumes().contains("for-a-while"));
    }

    private String volumes() {
        return sandbox.kubectl(
                        "get", "pv", "--output=jsonpath={range .items[*]}{.spec.claimRef.name}={.status.phase} {end}")
                .run()
                .ok();
    }

    /** docs/simulated-workers.md has them in a table. */
    @Test
    void chartsOfManyShapesAreInstalledUpgradedTestedAndUninstalled() throws Exception {
        try (Stream<Path> charts = Files.list(charts())) {
            List<Path> all = charts.sorted().toList();
            assertThat(all).hasSize(10);
            all.forEach(this::isInstalled);
        }
    }

    private static Path charts() throws URISyntaxException {
        return Path.of(SimulatedIT.class.getResource("/charts").toURI());
    }

    private void isInstalled(Path chart) {
        String name = chart.getFileName().toString();
        String[] waiting = {name, chart.toString(), "--namespace=" + name, "--wait", "--wait-for-jobs", "--timeout=1m"};
        Instant begun = Instant.now();
        Bed.helm(kubeconfig, "install", "--create-namespace")
                .with(waiting)
                .run(LONG)
                .ok();
        System.out.printf(
                "%d ms from helm install --wait of %s to its end%n",
                Duration.between(begun, Instant.now()).toMillis(), name);
        Bed.helm(kubeconfig, "upgrade").with(waiting).run(LONG).ok();
        Bed.helm(kubeconfig, "test", name, "--namespace=" + name, "--timeout=1m")
                .run(LONG)
                .ok();
        Bed.helm(kubeconfig, "uninstall", name, "--namespace=" + name, "--wait", "--timeout=1m")
                .run(LONG)
                .ok();
    }

    @Test
    void anAddressIsThereForWhoWaitsForOne() {
        sandbox.kubectl("create", "service", "loadbalancer", "open", "--tcp=80")
                .run()
                .ok();
        sandbox.kubectl("create", "ingress", "open", "--rule=open.example.org/=open:80")
                .run()
                .ok();
        for (String waiting : List.of("service/open", "ingress/open")) {
            sandbox.kubectl("wait", waiting, "--for=jsonpath={.status.loadBalancer.ingress[0].ip}", "--timeout=30s")
                    .run(LONG)
                    .ok();
        }
    }

    @Test
    void anAutoscalerSeesWhatPodsAreSaidToTake() {
        sandbox.kubectl("apply", "--filename=" + Sandbox.write(BUSY)).run().ok();
        sandbox.kubectl("autoscale", "deployment", "busy", "--cpu-percent=50", "--min=1", "--max=3")
                .run()
                .ok();

        await().atMost(LONG).untilAsserted(() -> assertThat(
                        sandbox.kubectl("top", "pods", "--no-headers").run().output())
                .contains("300m"));
        sandbox.kubectl("wait", "deployment/busy", "--for=jsonpath={.status.readyReplicas}=3", "--timeout=120s")
                .run(LONG)
                .ok();
        assertThat(sandbox.kubectl("top", "nodes", "--no-headers").run().ok().lines())
                .hasSize(3);
    }

    @Test
    void aWebhookThatNobodyAnswersIsNamedAndIgnoredWhereThatIsWanted() throws URISyntaxException {
        Sandbox own = Sandbox.apply(
                        BED,
                        BED.namespace("simulated"),
                        "webhooks",
                        "expose: {type: NodePort}, workers: {simulated: {count: 1}}")
                .awaitReady();
        Path chart = charts().resolve("operator-webhook");

        Command.Result refused = install(own, "first", chart);
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.errors()).contains("failed calling webhook");
        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(own.condition("WebhooksAnswered"))
                .hasValueSatisfying(found -> {
                    assertThat(found.getReason()).isEqualTo("AskedOfSimulatedPods");
                    assertThat(found.getMessage()).contains("first-widgets", "webhookFailurePolicy");
                }));
        assertThat(own.condition("Ready"))
                .hasValueSatisfying(found -> assertThat(found.getStatus()).isEqualTo("True"));

        own.patch("{\"spec\": {\"workers\": {\"simulated\": {\"webhookFailurePolicy\": \"Ignore\"}}}}");
        await().atMost(LONG).untilAsserted(() -> assertThat(own.condition("WebhooksAnswered"))
                .hasValueSatisfying(found ->
                        assertThat(found.getReason()).as(found.getMessage()).isEqualTo("WebhooksIgnored")));
        Instant begun = Instant.now();
        install(own, "second", chart).ok();
        System.out.printf(
                "%d ms from helm install --wait of a chart with a webhook to its end%n",
                Duration.between(begun, Instant.now()).toMillis());

        own.patch("{\"spec\": {\"workers\": {\"simulated\": {\"webhookFailurePolicy\": \"AsWritten\"}}}}");
        await().atMost(LONG).until(() -> own.kubectl(
                        "get",
                        "validatingwebhookconfiguration",
                        "second-widgets",
                        "--output=jsonpath={.webhooks[0].failurePolicy}{.webhooks[0].timeoutSeconds}")
                .run()
                .ok()
                .equals("Fail5"));
    }

    /** With an object that the chart's own webhook is to allow. */
    private static Command.Result install(Sandbox into, String release, Path chart) {
        return Bed.helm(
                        into.kubeconfig(),
                        "install",
                        release,
                        chart.toString(),
                        "--create-namespace",
                        "--namespace=" + release,
                        "--set=widget=true",
                        "--wait",
                        "--timeout=1m")
                .run(LONG);
    }

    @Test
    void whatIsToFailFails() {
        sandbox.kubectl("create", "deployment", "late", "--image=registry.invalid/late")
                .run()
                .ok();
        sandbox.kubectl("rollout", "status", "deployment/late", "--timeout=60s")
                .run(LONG)
                .ok();

        sandbox.kubectl(
                        "patch",
                        "deployment",
                        "late",
                        "--type=merge",
                        "--patch={\"spec\": {\"template\": {\"metadata\": {\"annotations\":"
                                + " {\"sandboxcluster.dev/simulate\": \"never-ready\"}}}}}")
                .run()
                .ok();
        assertThat(sandbox.kubectl("rollout", "status", "deployment/late", "--timeout=10s")
                        .run(LONG)
                        .exitCode())
                .isNotZero();
    }

    @Test
    void itsNodesFollowTheirNumberWithoutARestart() {
        String own = BED.namespace("simulated");
        Sandbox other = Sandbox.apply(BED, own, "other", "expose: {type: NodePort}, workers: {simulated: {count: 1}}")
                .awaitReady();
        String started = other.status().startedAt();

        other.patch("{\"spec\": {\"workers\": {\"simulated\": {\"count\": 4, \"labels\": {\"zone\": \"a\"}}}}}");
        await().atMost(LONG).until(() -> other.status().workers().simulated().ready() == 4);
        await().atMost(LONG)
                .until(() -> other.kubectl("get", "nodes", "--selector=zone=a", "--output=name")
                                .run()
                                .ok()
                                .lines()
                                .count()
                        == 4);

        other.patch("{\"spec\": {\"workers\": {\"simulated\": {\"count\": 2}}}}");
        await().atMost(LONG).until(() -> other.status().workers().simulated().nodes() == 2);
        assertThat(other.status().startedAt()).isEqualTo(started);
    }

    @Test
    void aControlPlaneThatIsStartedAnewHasItsNodesAndPodsStart() {
        Sandbox again = Sandbox.apply(
                        BED,
                        BED.namespace("simulated"),
                        "again",
                        "expose: {type: NodePort}, storage: {type: Persistent}, workers: {simulated: {count: 2}}")
                .awaitReady();
        String before = again.status().podUID();

        again.annotate("sandboxcluster.dev/restart=now");
        await().atMost(LONG).until(() -> !before.equals(again.status().podUID()));
        again.awaitReady();
        await().atMost(LONG).untilAsserted(() -> assertThat(again.condition("SimulatedWorkersReady"))
                .hasValueSatisfying(found ->
                        assertThat(found.getStatus()).as(found.getMessage()).isEqualTo("True")));
        again.kubectl("create", "deployment", "after", "--image=registry.invalid/after")
                .run()
                .ok();
        again.kubectl("rollout", "status", "deployment/after", "--timeout=60s")
                .run(LONG)
                .ok();
    }

    @Test
    void whatSimulatesIsStartedAnewWhenItEnds() {
        Sandbox broken = Sandbox.apply(
                        BED,
                        BED.namespace("simulated"),
                        "broken",
                        "expose: {type: NodePort}, workers: {simulated: {count: 1}}")
                .awaitReady();
        broken.exec("simulation", "kill -TERM $(pidof kwok)");

        await().atMost(LONG).until(() -> broken.restarts("simulation") == 1);
        broken.kubectl("create", "deployment", "after", "--image=registry.invalid/after")
                .run()
                .ok();
        broken.kubectl("rollout", "status", "deployment/after", "--timeout=60s")
                .run(LONG)
                .ok();
        assertThat(broken.restarts("k3s")).isZero();
    }

    @Test
    void itDozesWithAllOfIt() {
        Sandbox sleeper = Sandbox.apply(
                        BED,
                        BED.namespace("simulated"),
                        "sleeper",
                        "expose: {type: Router}, lifetime: {dozeAfter: 10s}, workers: {simulated: {count: 1}}")
                .awaitReady();
        sleeper.kubectl("create", "deployment", "kept", "--image=registry.invalid/kept")
                .run()
                .ok();
        sleeper.awaitReason("Dozing");
        await().atMost(LONG).untilAsserted(() -> assertThat(sleeper.exec(
                        "simulation",
                        "for stat in /proc/[0-9]*/stat; do read -r line <$stat; case $line in *'(kwok)'*) set --"
                                + " ${line##*) }; echo $1;; esac; done"))
                .contains("T"));
        assertThat(sleeper.condition("Ready"))
                .hasValueSatisfying(found -> assertThat(found.getStatus()).isEqualTo("True"));

        sleeper.kubectl("scale", "deployment", "kept", "--replicas=2").run().ok();
        sleeper.kubectl("rollout", "status", "deployment/kept", "--timeout=60s")
                .run(LONG)
                .ok();
        assertThat(nodesAreReady(sleeper)).contains("simulated-1");
    }

    private static String nodesAreReady(Sandbox of) {
        return of.kubectl("wait", "node", "--all", "--for=condition=Ready", "--timeout=30s")
                .run(LONG)
                .ok();
    }
}
