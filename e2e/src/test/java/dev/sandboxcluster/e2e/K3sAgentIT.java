package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.fabric8.kubernetes.api.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Machines join with k3s's own agent: one sandbox's life with them, told in order. One of the machines is behind a router
 * that lets no connection in, and yet there are logs and exec. Needs a real k3s ({@code K3S_BINARY}).
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class K3sAgentIT {

    private static final String SPEC =
            "controlPlane: {disable: [local-storage, metrics-server, servicelb, traefik]}, storage: {type: Persistent},"
                    + " expose: {type: LoadBalancer}, network: {flannelBackend: none},"
                    + " workers: {external: {enabled: true, groups: [{name: default}, {name: far, labels:"
                    + " {node-restriction.kubernetes.io/place: far}, taints: [{key: far, effect: NoSchedule}]}]}}";

    /** The machine's own container runtime: a machine of the test bed lets none lower its oom_score_adj. */
    private static final String AGENT = "-- --container-runtime-endpoint=unix:///run/containerd/containerd.sock"
            + " --kubelet-arg=image-gc-high-threshold=100 --kubelet-arg=image-gc-low-threshold=99";

    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web-%1$s}
            spec:
              nodeName: %1$s
              terminationGracePeriodSeconds: 1
              tolerations: [{operator: Exists}]
              containers:
              - name: web
                image: sandboxcluster.test/busybox:1
                command: [sh, -c, "echo started on %1$s; exec sleep 1000"]
            """;

    private static final Duration SOON = Duration.ofSeconds(60);

    @RegisterExtension
    static final Testbed BED = new Testbed();

    private static Sandbox sandbox;
    private static Path kubeconfig;
    private static Machine near;
    private static Machine far;

    @BeforeAll
    static void sandboxAndMachines() {
        assumeFalse(BED.standIn(), "the stand-in has no k3s agents: give a real k3s by K3S_BINARY");
        sandbox = Sandbox.apply(BED, BED.lastingNamespace("agents"), "demo", SPEC);
        near = Machine.start("near");
        far = Machine.start("far", "--nat");
        sandbox.awaitReady();
        sandbox.awaitReason("WorkersReady", "NoWorkers");
        kubeconfig = sandbox.kubeconfig();
    }

    @AfterAll
    static void endMachines() {
        Stream.of("near", "far").forEach(name -> Testbed.worker("down", name).run());
    }

    @Test
    @Order(10)
    void oneCommandMakesAMachineANodeOfItsGroup() {
        Instant typed = Instant.now();
        near.join(sandbox.secret("-join"), AGENT);
        far.join(sandbox.secret("-join-far"), AGENT);
        Testbed.worker("pod-network", kubeconfig.toString(), "near", "far")
                .run()
                .ok();
        awaitReady("near");
        awaitReady("far");
        System.out.printf(
                "Two k3s agents Ready %d ms after the command%n",
                Duration.between(typed, Instant.now()).toMillis());

        sandbox.awaitReason("WorkersReady", "AllNodesReady");
        assertThat(label("near", "sandboxcluster-group")).isEqualTo("default");
        assertThat(label("far", "sandboxcluster-group")).isEqualTo("far");
        assertThat(label("far", "place")).isEqualTo("far");
        assertThat(kubectl("get", "node", "far", "--output=jsonpath={.metadata.labels}{.spec.taints}"))
                .contains("\"key\":\"far\"")
                .doesNotContain("join-proof");
    }

    @Test
    @Order(20)
    void logsAndExecWorkAlsoBehindNat() {
        for (String name : List.of("near", "far")) {
            kubectl("apply", "--filename=" + Sandbox.write(POD.formatted(name)));
            kubectl("wait", "pod/web-" + name, "--for=condition=Ready", "--timeout=60s");
            assertThat(kubectl("logs", "web-" + name)).contains("started on " + name);
            assertThat(kubectl("exec", "web-" + name, "--", "hostname")).contains("web-" + name);
        }
    }

    @Test
    @Order(30)
    void aNewControlPlaneFindsItsNodesAndPods() {
        String before = containers();
        Instant lost = Instant.now();
        BED.kubectl("delete", "pod", "demo-0", "--namespace=" + sandbox.namespace(), "--force")
                .run()
                .ok();

        soon(() -> assertThat(Testbed.kubectl(kubeconfig, "exec", "web-far", "--", "hostname")
                        .run()
                        .exitCode())
                .isZero());
        System.out.printf(
                "exec again %d ms after the pod was lost%n",
                Duration.between(lost, Instant.now()).toMillis());
        awaitReady("near");
        assertThat(containers()).isEqualTo(before);
    }

    @Test
    @Order(40)
    void aTokenThatWasRevokedLetsNobodyIn() {
        Secret old = sandbox.secret("-join");
        sandbox.annotate("sandboxcluster.dev/revoke-join-tokens=1");

        soon(() -> assertThat(sandbox.secret("-join").getData().get("token"))
                .isNotEqualTo(old.getData().get("token")));
        soon(() -> assertThat(near.script(
                                "timeout 20 k3s agent --data-dir=/tmp/thief --node-name=thief --server=\"$1\" --token=\"$2\"",
                                Sandbox.value(old, "server"),
                                Sandbox.value(old, "token"))
                        .errors())
                .contains("not authorized"));
        assertThat(kubectl("get", "nodes", "--output=name")).doesNotContain("thief");
        awaitReady("near");
    }

    @Test
    @Order(50)
    void aNodeIsRemovedOnRequest() {
        kubectl("annotate", "node", "far", "sandboxcluster.dev/remove=force");

        soon(() -> assertThat(kubectl("get", "nodes", "--output=name")).doesNotContain("node/far"));
        assertThat(far.leave(sandbox.secret("-join-far"))).contains("removed /etc/rancher/k3s/config.yaml");
        soon(() -> assertThat(sandbox.status().workers().nodes()).isEqualTo(1));
    }

    private static void awaitReady(String node) {
        soon(() -> assertThat(kubectl(
                        "get", "node", node, "--output=jsonpath={.status.conditions[?(@.type=='Ready')].status}"))
                .isEqualTo("True"));
    }

    private static String label(String node, String name) {
        return kubectl(
                "get",
                "node",
                node,
                "--output=jsonpath={.metadata.labels.node-restriction\\.kubernetes\\.io/" + name + "}");
    }

    private static String containers() {
        return kubectl("get", "pods", "--output=jsonpath={.items[*].status.containerStatuses[*].containerID}");
    }

    private static String kubectl(String... words) {
        return Testbed.kubectl(kubeconfig, words).run().ok();
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptions()
                .untilAsserted(assertion);
    }
}
