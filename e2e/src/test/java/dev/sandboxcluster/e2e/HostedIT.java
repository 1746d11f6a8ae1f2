package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.PublishedService;
import dev.sandboxcluster.e2e.story.Needs;
import dev.sandboxcluster.e2e.story.Story;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One SandboxCluster, and its pods run. */
@Story
class HostedIT {

    @RegisterExtension
    static final Testbed BED = new Testbed();

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String SMALL =
            "resources: {requests: {cpu: 50m, memory: 256Mi}, limits: {memory: 768Mi}}, storage: {size: 4Gi}";

    private static final String CHART = """
            apiVersion: v2
            name: hello
            version: 0.1.0
            """;

    private static final String OBJECTS = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: hello}
            spec:
              selector: {matchLabels: {app: hello}}
              template:
                metadata: {labels: {app: hello}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                    - name: hello
                      image: sandboxcluster.test/busybox:1
                      command: [sh, -c, "echo hello of $(hostname) >/www/index.html; echo started; exec httpd -f -p 8080 -h /www"]
                      readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
                      resources: {limits: {memory: 32Mi}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: hello}
            spec: {selector: {app: hello}, ports: [{port: 80, targetPort: 8080}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: hello-test, annotations: {helm.sh/hook: test}}
            spec:
              restartPolicy: Never
              containers:
                - name: test
                  image: sandboxcluster.test/busybox:1
                  command: [sh, -c, "for i in 1 2 3 4 5 6; do timeout 5 wget -qO- http://hello && exit; sleep 1; done; exit 1"]
            """;

    private Sandbox sandbox;

    @BeforeAll
    void oneApply() {
        sandbox = Sandbox.apply(
                        BED,
                        BED.lastingPrivilegedNamespace("hosted"),
                        "demo",
                        "expose: {type: NodePort}, workers: {hosted: {count: 1, labels: {pool: hosted}, taints: [], "
                                + SMALL + "}, simulated: {count: 1, taints: [{key: simulated, effect: NoSchedule}]}}")
                .awaitReady(LONG);
        Bed.nodeImages(sandbox.namespace(), "demo-workers-0");
    }

    @Test
    @Order(1)
    void itIsReadyWithItsNodes() {
        assertThat(sandbox.status().workers().hosted().ready()).isEqualTo(1);
        assertThat(sandbox.awaitReason("WorkersPrivileged", "PrivilegedPods").getStatus())
                .isEqualTo("True");
        assertThat(nodes()).containsExactly("hosted-0");
        assertThat(sandbox.kubectl("get", "node", "hosted-0", "--output=jsonpath={.metadata.labels.pool}")
                        .run()
                        .ok())
                .isEqualTo("hosted");
        assertThat(Long.parseLong(
                        sandbox.kubectl("get", "node", "hosted-0", "--output=jsonpath={.status.allocatable.memory}")
                                .run()
                                .ok()
                                .replace("Ki", "")))
                .as("what the pod may use, but for its own")
                .isBetween(300L << 10, 470L << 10);
        assertThat(BED.client()
                        .resources(NetworkPolicy.class)
                        .inNamespace(sandbox.namespace())
                        .withName("demo.workers")
                        .get())
                .isNotNull();
    }

    @Test
    @Order(2)
    void aChartIsInstalledAndItsTestPasses(@TempDir Path charts) throws IOException {
        Path chart = chart(charts);
        sandbox.kubectl("rollout", "status", "--namespace=kube-system", "deployment/coredns", "--timeout=110s")
                .run(LONG)
                .ok();

        Bed.helm(sandbox.kubeconfig(), "install", "hello", chart.toString(), "--wait", "--timeout=3m")
                .run(LONG)
                .ok();
        assertThat(sandbox.kubectl("logs", "deployment/hello").run().ok()).contains("started");
        assertThat(sandbox.kubectl("exec", "deployment/hello", "--", "wget", "-qO-", "http://localhost:8080")
                        .run()
                        .ok())
                .contains("hello of hello-");
        Bed.helm(sandbox.kubeconfig(), "test", "hello", "--timeout=2m")
                .run(LONG)
                .ok();
    }

    /** All others of this class run on hosted nodes, as they tolerate no taint. */
    @Test
    @Order(2)
    void whoToleratesItRunsOnASimulatedNodeBeside() {
        sandbox.kubectl(
                        "run",
                        "tolerant",
                        "--image=example.com/there-is-none:1",
                        "--overrides={\"spec\": {\"nodeSelector\": {\"sandboxcluster.dev/simulated\": \"true\"},"
                                + " \"tolerations\": [{\"key\": \"simulated\", \"operator\": \"Exists\"}]}}")
                .run()
                .ok();
        sandbox.kubectl("wait", "--for=condition=Ready", "pod/tolerant", "--timeout=60s")
                .run(LONG)
                .ok();
        assertThat(sandbox.kubectl("get", "pod", "tolerant", "--output=jsonpath={.spec.nodeName}")
                        .run()
                        .ok())
                .isEqualTo("simulated-1");
    }

    @Test
    @Order(3)
    @Needs("aChartIsInstalledAndItsTestPasses")
    void aServiceOfItIsReachedFromTheHostCluster() {
        Bed.loadNodeImage("busybox");
        sandbox.patch("{\"spec\": {\"workers\": {\"hosted\": {\"publish\": ["
                + "{\"name\": \"web\", \"service\": {\"name\": \"hello\", \"port\": 80}},"
                + " {\"name\": \"everywhere\", \"type\": \"LoadBalancer\","
                + "  \"service\": {\"name\": \"hello\", \"port\": 80}},"
                + " {\"name\": \"named\", \"type\": \"Ingress\", \"service\": {\"name\": \"hello\", \"port\": 80},"
                + "  \"ingress\": {\"host\": \"hello." + sandbox.namespace() + ".example.com\"}},"
                + " {\"name\": \"later\", \"service\": {\"name\": \"later\", \"port\": 80}}]}}}}");
        assertThat(sandbox.awaitReason("ServicesPublished", "WaitingForService").getMessage())
                .contains("later: there is no Service default/later");
        assertThat(sandbox.status().workers().hosted().published())
                .extracting(PublishedService::address)
                .contains("demo-web." + sandbox.namespace() + ".svc:80");
        await().atMost(LONG).untilAsserted(() -> assertThat(fetched("demo-web")).contains("hello of hello-"));
        await().atMost(LONG).untilAsserted(() -> assertThat(get(address(sandbox, "everywhere")))
                .contains("hello of hello-"));
        assertThat(ingresses())
                .as("which this host cluster has no controller for")
                .containsExactly("demo-named");

        sandbox.patch("{\"spec\": {\"workers\": {\"hosted\": {\"publish\": []}}}}");
        await().atMost(LONG).untilAsserted(() -> assertThat(fetched("demo-web")).doesNotContain("hello of hello-"));
        await().atMost(LONG).untilAsserted(() -> assertThat(ingresses()).isEmpty());
        await().atMost(LONG).untilAsserted(() -> assertThat(
                        sandbox.kubectl("get", "services", "--selector=sandboxcluster.dev/published", "--output=name")
                                .run()
                                .ok())
                .isBlank());
    }

    @Test
    @Order(4)
    @Needs("aChartIsInstalledAndItsTestPasses")
    void aPodMayUseNoMoreThanItsNode() {
        String groups = BED.kubectl(
                        "exec",
                        "demo-workers-0",
                        "--namespace=" + sandbox.namespace(),
                        "--",
                        "sh",
                        "-c",
                        "for process in $(pidof httpd | cut -d ' ' -f 1) 1; do"
                                + " grep :memory: /proc/$process/cgroup || cat /proc/$process/cgroup; done")
                .run()
                .ok();
        List<String> lines = groups.lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).as(groups).startsWith(lines.get(1).replaceAll("/agent$", "") + "/kubepods/");
    }

    @Test
    @Order(5)
    @Needs("aChartIsInstalledAndItsTestPasses")
    void anotherNumberIsReachedByDrains() {
        String started = sandbox.status().startedAt();
        sandbox.patch("{\"spec\": {\"workers\": {\"hosted\": {\"count\": 2}}}}");
        await().atMost(LONG).until(() -> sandbox.status().workers().hosted().ready() == 2);
        Bed.nodeImages(sandbox.namespace(), "demo-workers-1");
        sandbox.kubectl("cordon", "hosted-0").run().ok();
        sandbox.kubectl("rollout", "restart", "deployment/hello").run().ok();
        sandbox.kubectl("rollout", "status", "deployment/hello", "--timeout=110s")
                .run(LONG)
                .ok();
        await().atMost(LONG).until(() -> nodeOfHello().equals("hosted-1"));
        // The Service's way leads to another node, and CoreDNS is there.
        Bed.helm(sandbox.kubeconfig(), "test", "hello", "--timeout=2m")
                .run(LONG)
                .ok();
        sandbox.kubectl("uncordon", "hosted-0").run().ok();

        sandbox.patch("{\"spec\": {\"workers\": {\"hosted\": {\"count\": 1}}}}");
        await().atMost(LONG).untilAsserted(() -> assertThat(nodes()).containsExactly("hosted-0"));
        await().atMost(LONG).untilAsserted(() -> assertThat(pods()).containsExactly("demo-workers-0"));
        sandbox.kubectl("rollout", "status", "deployment/hello", "--timeout=110s")
                .run(LONG)
                .ok();
        await().atMost(LONG).until(() -> nodeOfHello().equals("hosted-0"));
        assertThat(sandbox.status().startedAt()).isEqualTo(started);
    }

    @Test
    @Order(6)
    @Needs("anotherNumberIsReachedByDrains")
    void aPodInAnothersPlaceIsTheSameNode() {
        String id = nodeId();
        BED.kubectl("delete", "pod", "demo-workers-0", "--namespace=" + sandbox.namespace())
                .run()
                .ok();
        awaitNodeReady();
        assertThat(nodeId()).isEqualTo(id);
        Bed.nodeImages(sandbox.namespace(), "demo-workers-0");
        await().atMost(LONG).untilAsserted(() -> assertThat(
                        sandbox.kubectl("exec", "deployment/hello", "--", "wget", "-qO-", "http://localhost:8080")
                                .run()
                                .output())
                .contains("hello of"));
    }

    @Test
    @Order(7)
    @Needs("aPodInAnothersPlaceIsTheSameNode")
    void aControlPlaneWithoutItsObjectsGetsItsNodesBack() {
        String before = sandbox.status().podUID();
        BED.kubectl("delete", "pod", "demo-0", "--namespace=" + sandbox.namespace())
                .run()
                .ok();
        await().atMost(LONG).until(() -> !before.equals(sandbox.status().podUID()));
        sandbox.awaitReady(LONG);
        awaitNodeReady();
        Bed.nodeImages(sandbox.namespace(), "demo-workers-0");
        sandbox.kubectl("create", "deployment", "after", "--image=sandboxcluster.test/busybox:1", "--", "sleep", "600")
                .run()
                .ok();
        sandbox.kubectl("rollout", "status", "deployment/after", "--timeout=110s")
                .run(LONG)
                .ok();
    }

    @Test
    @Order(8)
    @Needs("aControlPlaneWithoutItsObjectsGetsItsNodesBack")
    void itIsSuspendedAndResumedWithItsNodes() {
        sandbox.patch("{\"spec\": {\"operatingMode\": \"Suspended\"}}");
        await().atMost(LONG).untilAsserted(() -> assertThat(pods()).isEmpty());
        sandbox.patch("{\"spec\": {\"operatingMode\": \"Running\"}}");
        sandbox.awaitReady(LONG);
        awaitNodeReady();
    }

    @Test
    @Order(9)
    @Needs("itIsSuspendedAndResumedWithItsNodes")
    void nothingIsLeftOfIt() {
        sandbox.delete();
        await().atMost(LONG).untilAsserted(() -> {
            assertThat(pods()).isEmpty();
            assertThat(BED.client()
                            .resources(StatefulSet.class)
                            .inNamespace(sandbox.namespace())
                            .list()
                            .getItems())
                    .isEmpty();
            assertThat(BED.kubectl(
                                    "get",
                                    "secret,configmap,networkpolicy,service,ingress",
                                    "--selector=app.kubernetes.io/managed-by=sandboxcluster-operator",
                                    "--namespace=" + sandbox.namespace(),
                                    "--output=name")
                            .run()
                            .ok())
                    .isBlank();
        });
    }

    @Test
    @Order(10)
    void fewerAreWantedAfterASuspension() {
        Sandbox kept = Sandbox.apply(
                        BED,
                        BED.privilegedNamespace("hosted"),
                        "kept",
                        "expose: {type: NodePort}, storage: {type: Persistent}, workers: {hosted: {count: 2, " + SMALL
                                + "}}")
                .awaitReady(LONG);
        kept.patch("{\"spec\": {\"operatingMode\": \"Suspended\"}}");
        kept.awaitReason("Suspended");

        kept.patch("{\"spec\": {\"operatingMode\": \"Running\", \"workers\": {\"hosted\": {\"count\": 1}}}}");

        kept.awaitReady(LONG);
        await().atMost(LONG).untilAsserted(() -> assertThat(nodes(kept)).containsExactly("hosted-0"));
        kept.awaitReason("HostedWorkersReady", "HostedWorkersReady");
    }

    @Test
    @Order(10)
    void aPreviewIsOneApply(@TempDir Path charts) throws IOException {
        String namespace = BED.privilegedNamespace("preview");
        Bed.helm()
                .with("package", chart(charts).toString(), "--destination=" + charts)
                .run()
                .ok();
        BED.kubectl(
                        "create",
                        "configmap",
                        "shop",
                        "--namespace=" + namespace,
                        "--from-file=hello.tgz=" + charts.resolve("hello-0.1.0.tgz"))
                .run()
                .ok();

        Sandbox preview = Sandbox.apply(
                        BED,
                        namespace,
                        "preview",
                        "bootstrap: {charts: [{name: hello, configMap: {name: shop, key: hello.tgz}}]},"
                                + " workers: {hosted: {count: 1, " + SMALL
                                + ", publish: [{name: web, type: LoadBalancer,"
                                + " service: {name: hello, port: 80}}]}}")
                .awaitReady(LONG);
        Bed.nodeImages(namespace, "preview-workers-0");

        preview.awaitReason("ServicesPublished", "ServicesPublished");
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(get(address(preview, "web"))).contains("hello of hello-"));
    }

    @Test
    @Order(11)
    void aNamespaceThatAllowsNoPrivilegedPodsIsSaid() {
        Sandbox refused = Sandbox.apply(
                BED, BED.namespace("hosted"), "refused", "expose: {type: NodePort}, workers: {hosted: {count: 1}}");

        assertThat(refused.awaitReason("HostedWorkersReady", "PodRejected").getMessage())
                .contains("pod-security.kubernetes.io/enforce", "violates PodSecurity");
        assertThat(refused.awaitReason("PodRejected").getStatus()).isEqualTo("False");
    }

    @Test
    @Order(12)
    void gvisorIsRefused() {
        Sandbox refused = Sandbox.apply(
                BED,
                BED.namespace("hosted"),
                "refused",
                "expose: {type: NodePort}, workers: {hosted: {count: 1, runtimeClassName: gvisor}}");

        refused.awaitReason("HostedWorkersReady", "RuntimeClassUnsuitable");
    }

    private static Path chart(Path directory) throws IOException {
        Path chart = directory.resolve("hello");
        Files.createDirectories(chart.resolve("templates"));
        Files.writeString(chart.resolve("Chart.yaml"), CHART);
        Files.writeString(chart.resolve("templates/objects.yaml"), OBJECTS);
        return chart;
    }

    private List<String> ingresses() {
        return BED.client().network().v1().ingresses().inNamespace(sandbox.namespace()).list().getItems().stream()
                .map(ingress -> ingress.getMetadata().getName())
                .toList();
    }

    private static String address(Sandbox sandbox, String publication) {
        return sandbox.status().workers().hosted().published().stream()
                .filter(published -> published.name().equals(publication))
                .findFirst()
                .orElseThrow()
                .address();
    }

    private static String get(String address) {
        try (InputStream page = URI.create("http://" + address).toURL().openStream()) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** What a pod of the host cluster, which is no node of the sandbox's, gets. */
    private String fetched(String service) {
        String address = BED.client()
                .services()
                .inNamespace(sandbox.namespace())
                .withName(service)
                .get()
                .getSpec()
                .getClusterIP();
        return BED.kubectl(
                        "run",
                        "visitor",
                        "--namespace=" + sandbox.namespace(),
                        "--image=sandboxcluster.test/busybox:1",
                        "--restart=Never",
                        "--rm",
                        "--attach",
                        "--quiet",
                        "--command",
                        "--",
                        "timeout",
                        "5",
                        "wget",
                        "-qO-",
                        "http://" + address)
                .run()
                .output();
    }

    private void awaitNodeReady() {
        await().atMost(LONG).untilAsserted(() -> {
            assertThat(sandbox.condition("HostedWorkersReady"))
                    .hasValueSatisfying(found -> assertThat(found.getStatus())
                            .as(found.getReason() + ": " + found.getMessage())
                            .isEqualTo("True"));
            assertThat(pods()).containsExactly("demo-workers-0");
            assertThat(BED.client()
                            .pods()
                            .inNamespace(sandbox.namespace())
                            .withName("demo-workers-0")
                            .isReady())
                    .isTrue();
            assertThat(sandbox.kubectl("wait", "node/hosted-0", "--for=condition=Ready", "--timeout=5s")
                            .run()
                            .exitCode())
                    .isZero();
        });
    }

    private String nodeId() {
        return sandbox.kubectl("get", "node", "hosted-0", "--output=jsonpath={.metadata.uid}")
                .run()
                .ok();
    }

    private String nodeOfHello() {
        return sandbox.kubectl(
                        "get",
                        "pod",
                        "--selector=app=hello",
                        "--field-selector=status.phase=Running",
                        "--output=jsonpath={.items[*].spec.nodeName}")
                .run()
                .ok();
    }

    private List<String> nodes() {
        return nodes(sandbox);
    }

    private static List<String> nodes(Sandbox of) {
        return of.kubectl(
                        "get",
                        "nodes",
                        "--selector=!sandboxcluster.dev/simulated",
                        "--output=jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}")
                .run()
                .ok()
                .lines()
                .toList();
    }

    private List<String> pods() {
        return BED
                .client()
                .pods()
                .inNamespace(sandbox.namespace())
                .withLabel("sandboxcluster.dev/hosted-workers", "demo")
                .list()
                .getItems()
                .stream()
                .map(Pod::getMetadata)
                .map(metadata -> metadata.getName())
                .sorted()
                .toList();
    }
}
