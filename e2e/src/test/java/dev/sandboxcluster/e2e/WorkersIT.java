package dev.sandboxcluster.e2e;

import static dev.sandboxcluster.e2e.Workers.GROUP_LABEL;
import static dev.sandboxcluster.e2e.Workers.PLACE_LABEL;
import static dev.sandboxcluster.e2e.Workers.SEVERAL_TIMES;
import static dev.sandboxcluster.e2e.Workers.soon;
import static dev.sandboxcluster.e2e.Workers.tell;
import static dev.sandboxcluster.e2e.Workers.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.WorkerProblem;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URI;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Machines with a plain kubelet join by what a join Secret holds, run pods, and leave: one sandbox's life with its
 * workers, told in order. One of the machines is behind a router that lets no connection in.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WorkersIT {

    private static final String KUBELETS =
            "storage: {type: Persistent}, expose: {type: NodePort, nodePort: {hostName: %s}},"
                    + " workers: {external: {enabled: true, bootstrap: KubeletTLS, %s}}";

    private static final String FORGED_REQUEST = """
            cd /tmp
            openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout forged.key -out forged.csr \
              -subj /O=system:nodes/CN=system:node:w1 -addext "subjectAltName=$1" || exit 1
            kubectl --kubeconfig=/var/lib/kubelet/kubeconfig create --filename=- <<END
            apiVersion: certificates.k8s.io/v1
            kind: CertificateSigningRequest
            metadata: {name: $2}
            spec:
              signerName: kubernetes.io/kubelet-serving
              usages: [digital signature, server auth]
              request: $(base64 -w 0 forged.csr)
            END
            """;

    private static final String WITH_BUSYBOX = """
            mkdir -p /tmp/applets
            for applet in $(busybox --list); do ln -sf "$(command -v busybox)" "/tmp/applets/$applet"; done
            for program in kubelet kube-proxy iptables; do ln -sf "$(command -v $program)" /tmp/applets; done
            PATH=/tmp/applets exec busybox sh -c "$1" join.sh --check
            """;

    private static final String INSIDE_GVISOR = """
            apiVersion: v1
            kind: Pod
            metadata: {name: machine}
            spec:
              runtimeClassName: gvisor
              restartPolicy: Never
              securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
              containers:
              - name: machine
                image: %s
                command: [sh, /join/join.sh, --check]
                securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                volumeMounts: [{name: join, mountPath: /join}]
              volumes: [{name: join, secret: {secretName: demo-join}}]
            """;

    @RegisterExtension
    static final Testbed BED = new Testbed();

    private static Sandbox sandbox;
    private static Sandbox other;
    private static Workers workers;
    private static Machine w1;
    private static Machine w2;
    private static Machine far;
    private static Machine spare;
    private static Secret brief;

    @BeforeAll
    static void sandboxesAndMachines() {
        String node = BED.nodeAddress();
        String namespace = BED.lastingNamespace("workers");
        sandbox = Sandbox.apply(BED, namespace, "demo", KUBELETS.formatted(node, Workers.GROUPS));
        w1 = Machine.start("w1");
        w2 = Machine.startWithSystemd("w2");
        far = Machine.start("far", "--nat");
        spare = Machine.start("w3");
        sandbox.awaitReady();
        sandbox.awaitReason("WorkersReady", "NoWorkers");
        workers = Workers.of(sandbox);
        other = Sandbox.apply(
                BED, BED.lastingNamespace("workers"), "other", KUBELETS.formatted(node, Workers.BRIEF_TOKENS));
    }

    @AfterAll
    static void endMachines() {
        Stream.of("w1", "w2", "far", "w3")
                .forEach(name -> Testbed.worker("down", name).run());
    }

    @Test
    @Order(10)
    void oneCommandMakesAMachineANode() {
        Instant typed = Instant.now();
        w1.join(sandbox.secret("-join"));
        w2.join(sandbox.secret("-join"));
        workers.installPodNetwork(w1, w2);
        workers.awaitNode(w1);
        workers.awaitNode(w2);
        tell("from the join command to two nodes that are Ready", typed);

        sandbox.awaitReason("WorkersReady", "AllNodesReady");
        assertThat(sandbox.status().workers().nodes()).isEqualTo(2);
        assertThat(sandbox.status().workers().ready()).isEqualTo(2);
        assertThat(workers.group("default").nodes()).isEqualTo(2);
        assertThat(workers.group("default").versions()).hasSize(1);
        assertThat(workers.label("w1", GROUP_LABEL)).isEqualTo("default");
    }

    @Test
    @Order(20)
    void podsOfBothRunAndAreReachedFromOutside() throws Exception {
        workers.serveWeb();
        workers.runWeb(w1);
        workers.runWeb(w2);

        workers.assertLogsExecAndForward(w1);
        workers.assertLogsExecAndForward(w2);
    }

    @Test
    @Order(30)
    void podsReachEachOtherByTheNameOfAServiceAndTheApiWithTheirToken() {
        workers.assertNamesWorkInPods(w1, w2);
    }

    @Test
    @Order(40)
    void aMachineBehindNatRunsPodsAndItsStatusSaysWhatDoesNotWork() {
        far.join(sandbox.secret("-join-edge"));
        workers.installPodNetwork(far);
        workers.awaitNode(far);
        workers.runWeb(far);

        assertThat(workers.label("far", GROUP_LABEL)).isEqualTo("edge");
        assertThat(workers.label("far", PLACE_LABEL)).isEqualTo("edge");
        assertThat(kubectl("get", "node", "far", "--output=jsonpath={.spec.taints[*].key}"))
                .contains("edge");
        assertThat(workers.hasLogs(far)).isFalse();
        WorkerProblem problem = workers.awaitProblem("far", "KubeletUnreachable");
        assertThat(problem.message()).contains("10250");
        sandbox.awaitReason("WorkersReady", "NodesNeedAttention");
    }

    @Test
    @Order(50)
    void aKubeletCannotChooseItsGroup() {
        assertThat(w1.kubectl("label", "node", "w1", "--overwrite", GROUP_LABEL + "=edge")
                        .errors())
                .contains("Forbidden", "is not allowed to modify labels");
        assertThat(w1.kubectl("label", "node", "w2", "mine=yes").errors()).contains("Forbidden");
        assertThat(workers.label("w1", GROUP_LABEL)).isEqualTo("default");
    }

    @Test
    @Order(51)
    void aNodeCannotServeAsTheApiServer() {
        String endpoint = URI.create(sandbox.status().endpoint()).getHost();

        w1.script(FORGED_REQUEST, "DNS:kubernetes.default.svc", "forged-name").ok();
        w1.script(FORGED_REQUEST, "DNS:w1,IP:" + endpoint, "forged-address").ok();

        awaitRefusal("forged-name", "AddressReserved");
        awaitRefusal("forged-address", "AddressReserved");
        workers.awaitProblem("w1", "AddressReserved");
    }

    @Test
    @Order(60)
    void aTokenOfOneGroupGetsNoNodeOfAnother() {
        String node = workers.nodeId("w1");

        spare.join(sandbox.secret("-join-edge"), "--node-name w1");

        WorkerProblem problem = workers.awaitProblem("w1", "NameInUse");
        assertThat(problem.group()).isEqualTo("edge");
        assertThat(workers.nodeId("w1")).isEqualTo(node);
        assertThat(workers.label("w1", GROUP_LABEL)).isEqualTo("default");
        assertThat(spare.run("ls", "/var/lib/kubelet/pki/kubelet-client-current.pem")
                        .exitCode())
                .isNotZero();
        spare.leave(sandbox.secret("-join-edge"));
    }

    @Test
    @Order(61)
    void aGroupThatIsFullTakesNobody() {
        spare.join(sandbox.secret("-join-edge"));

        WorkerProblem problem = workers.awaitProblem("w3", "GroupFull");
        assertThat(problem.message()).contains("maxNodes");
        assertThat(workers.nodeExists("w3")).isFalse();
        spare.leave(sandbox.secret("-join-edge"));
    }

    @Test
    @Order(70)
    void anotherClusterAtTheAddressIsRefusedBeforeAnythingChanges() {
        other.awaitReady();
        other.awaitReason("WorkersReady", "NoWorkers");
        brief = other.secret("-join");
        Secret mine = sandbox.secret("-join");
        String misdirected = Sandbox.value(mine, "join.sh")
                .replace(
                        Sandbox.value(mine, "ca.crt").strip(),
                        Sandbox.value(brief, "ca.crt").strip());

        spare.run("touch", "/tmp/before").ok();
        Command.Result refused = spare.script(misdirected, "--foreground");

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.errors()).contains("another cluster", "The token was not sent to it", "Nothing was changed");
        assertThat(spare.script("find /etc/kubernetes /var/lib/kubelet -newer /tmp/before -type f")
                        .ok())
                .isBlank();
    }

    @Test
    @Order(71)
    void aRevokedTokenIsWorthlessWithinSecondsAndAnotherIsThere() {
        Secret old = sandbox.secret("-join");
        assertThat(spare.check(old).ok()).contains("Nothing stands in the way");

        sandbox.annotate("sandboxcluster.dev/revoke-join-tokens=now");
        workers.awaitReplaced(old, spare);

        assertThat(spare.check(sandbox.secret("-join")).ok()).contains("Nothing stands in the way");
        assertThat(kubectl("get", "node", "w1", "w2", "far")).doesNotContain("NotReady");
    }

    @Test
    @Order(72)
    void aDeletedJoinSecretTakesItsTokenWithItAndComesBack() {
        Secret old = sandbox.secret("-join");
        String edge = Sandbox.value(sandbox.secret("-join-edge"), "token");

        BED.kubectl("delete", "secret", "demo-join", "--namespace=" + sandbox.namespace())
                .run()
                .ok();
        workers.awaitReplaced(old, spare);

        assertThat(Sandbox.value(sandbox.secret("-join-edge"), "token")).isEqualTo(edge);
    }

    @Test
    @Order(73)
    void aSmallMachinesShellAndToolsAreEnough() {
        assertThat(spare.script(WITH_BUSYBOX, Sandbox.value(sandbox.secret("-join"), "join.sh"))
                        .ok())
                .contains("Nothing stands in the way");
    }

    @Test
    @Order(74)
    void insideGvisorTheScriptRefuses() {
        String image = BED.client()
                .pods()
                .inNamespace(sandbox.namespace())
                .withName("demo-0")
                .get()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage();
        BED.kubectl(
                        "apply",
                        "--namespace=" + sandbox.namespace(),
                        "--filename=" + Sandbox.write(INSIDE_GVISOR.formatted(image)))
                .run()
                .ok();
        BED.kubectl(
                        "wait",
                        "pod/machine",
                        "--namespace=" + sandbox.namespace(),
                        "--for=jsonpath={.status.phase}=Failed",
                        "--timeout=60s")
                .run()
                .ok();

        assertThat(BED.kubectl("logs", "machine", "--namespace=" + sandbox.namespace())
                        .run()
                        .ok())
                .contains("FAIL  inside gVisor", "docs/solutions.md", "Nothing was changed");
    }

    @Test
    @Order(80)
    void podsRunOnWhileTheControlPlaneIsReplaced() {
        String before = workers.containers(w1, w2, far);
        Instant lost = workers.loseControlPlane(BED);
        until(() -> workers.hasLogs(w1));
        tell("from the loss of the pod to logs", lost);
        workers.awaitNode(w1);
        workers.awaitNode(w2);
        workers.awaitNode(far);
        sandbox.awaitReady();

        assertThat(workers.containers(w1, w2, far)).isEqualTo(before);
        assertThat(workers.inside(w2, SEVERAL_TIMES)).contains("from w");
    }

    @Test
    @Order(81)
    void withoutOperatorNodesWorkOnAndWhoJoinsWaits() {
        String before = workers.containers(w1, w2, far);
        BED.withoutOperator(() -> {
            spare.join(sandbox.secret("-join"));
            assertThat(kubectl("logs", "web-w1")).contains("started on w1");
            assertThat(workers.inside(w2, SEVERAL_TIMES)).contains("from w");
            until(() -> pendingRequests().contains("kube-apiserver-client-kubelet"));
            assertThat(workers.nodeExists("w3")).isFalse();
        });

        Instant back = Instant.now();
        workers.installPodNetwork(spare);
        workers.awaitNode(spare);
        tell("from an operator that is back to the node that waited", back);
        assertThat(workers.containers(w1, w2, far)).isEqualTo(before);
    }

    @Test
    @Order(90)
    void aNodeIsDrainedWithRespectForBudgetsAndRemovedByForceIfTheUserSaysSo() {
        workers.runWeb(spare);
        workers.assertBudgetHoldsDrainUntilForced(spare);
    }

    @Test
    @Order(91)
    void aMachineThatLeftJoinsAgainUnderItsName() {
        assertThat(spare.leave(sandbox.secret("-join"))).contains("removed /var/lib/kubelet/pki");
        assertThat(spare.check(sandbox.secret("-join")).ok()).contains("Nothing stands in the way");

        spare.join(sandbox.secret("-join"));
        workers.installPodNetwork(spare);
        workers.awaitNode(spare);

        assertThat(kubectl("get", "node", "w3")).doesNotContain("SchedulingDisabled");
        workers.runWeb(spare);
    }

    @Test
    @Order(92)
    void anExpiredTokenIsRefusedAndTheSecretHasAnother() {
        Workers.awaitExpiry(brief);

        assertThat(Sandbox.value(other.secret("-join"), "token")).isNotEqualTo(Sandbox.value(brief, "token"));
        Workers.assertExpired(brief, w2);
    }

    @Test
    @Order(100)
    void machinesOfADeletedSandboxLeaveAndMayJoinAnother() {
        Secret bundle = sandbox.secret("-join");
        sandbox.delete();

        assertThat(spare.check(other.secret("-join")).errors()).contains("has joined another cluster");
        assertThat(spare.leave(bundle)).contains("removed /var/lib/kubelet/pki");
        spare.join(other.secret("-join"));
        Workers others = Workers.of(other);
        others.installPodNetwork(spare);
        others.awaitNode(spare);
        assertThat(w1.leave(bundle)).contains("ended join.sh", "removed /var/lib/kubelet/pki");
    }

    private static String kubectl(String... words) {
        return workers.kubectl(words);
    }

    private static String pendingRequests() {
        return kubectl("get", "csr")
                .lines()
                .filter(line -> line.endsWith("Pending"))
                .toList()
                .toString();
    }

    private static void awaitRefusal(String request, String reason) {
        soon(() -> assertThat(kubectl(
                        "get",
                        "csr",
                        request,
                        "--output=jsonpath={.status.conditions[*].type} {.status.conditions[*].reason}"))
                .isEqualTo("Denied " + reason));
    }
}
