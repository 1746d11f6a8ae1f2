package dev.sandboxcluster.e2e;

import static dev.sandboxcluster.e2e.Workers.GROUP_LABEL;
import static dev.sandboxcluster.e2e.Workers.PLACE_LABEL;
import static dev.sandboxcluster.e2e.Workers.SEVERAL_TIMES;
import static dev.sandboxcluster.e2e.Workers.soon;
import static dev.sandboxcluster.e2e.Workers.tell;
import static dev.sandboxcluster.e2e.Workers.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.fabric8.kubernetes.api.model.Secret;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Machines join with k3s's own agent, run pods, and leave: one sandbox's life with its workers, told in order. One of
 * the machines is behind a router that lets no connection in, and yet there are logs and exec. Needs a real k3s
 * ({@code K3S_BINARY}).
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class K3sAgentIT {

    private static final String AGENTS =
            "controlPlane: {disable: [local-storage, metrics-server, servicelb, traefik]}, storage: {type: Persistent},"
                    + " expose: {%s}, network: {flannelBackend: none}, workers: {external: {enabled: true, %s}}";
    private static final String BALANCED = "type: LoadBalancer";
    private static final String BY_NODE_PORT = "type: NodePort, nodePort: {hostName: %s}";

    /** The machine's own container runtime: a machine of the test bed lets none lower its oom_score_adj. */
    private static final String AGENT = "-- --container-runtime-endpoint=unix:///run/containerd/containerd.sock"
            + " --kubelet-arg=image-gc-high-threshold=100 --kubelet-arg=image-gc-low-threshold=99";

    /** What somebody does who has a server and a token, and no script. */
    private static final String BY_HAND =
            "timeout 20 k3s agent --data-dir=$(mktemp -d) --node-name=thief --server=\"$1\" --token=\"$2\"";

    /** With the credentials that every k3s agent has besides its node's: they may write the status of any node. */
    private static final String TAKE_LABELS_OF_EDGE = """
            cd /var/lib/rancher/k3s/agent
            curl -sS --fail --cacert server-ca.crt --cert client-k3s-controller.crt --key client-k3s-controller.key \
              --request PATCH --header 'Content-Type: application/merge-patch+json' --data \
              '{"metadata": {"labels": {"%s": "edge", "%s": "edge"}}}' "$1/api/v1/nodes/$2/status"
            """.formatted(GROUP_LABEL, PLACE_LABEL);

    @RegisterExtension
    static final Testbed BED = new Testbed();

    private static String namespace;
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
        assumeFalse(BED.standIn(), "the stand-in has no k3s agents: give a real k3s by K3S_BINARY");
        namespace = BED.lastingNamespace("agents");
        sandbox = Sandbox.apply(BED, namespace, "demo", AGENTS.formatted(BALANCED, Workers.GROUPS));
        w1 = Machine.start("w1");
        w2 = Machine.start("w2");
        far = Machine.start("far", "--nat");
        spare = Machine.start("w3");
        sandbox.awaitReady();
        sandbox.awaitReason("WorkersReady", "NoWorkers");
        workers = Workers.of(sandbox);
        other = Sandbox.apply(
                BED, BED.lastingNamespace("agents"), "other", AGENTS.formatted(BALANCED, Workers.BRIEF_TOKENS));
    }

    @AfterAll
    static void endMachines() {
        Stream.of("w1", "w2", "far", "w3")
                .forEach(name -> Testbed.worker("down", name).run());
    }

    @Test
    @Order(10)
    void oneCommandMakesAMachineANodeOfItsGroup() {
        Instant typed = Instant.now();
        w1.join(sandbox.secret("-join"), AGENT);
        w2.join(sandbox.secret("-join"), AGENT);
        workers.installPodNetwork(w1, w2);
        workers.awaitNode(w1);
        workers.awaitNode(w2);
        tell("from the join command to two k3s agents that are Ready", typed);

        sandbox.awaitReason("WorkersReady", "AllNodesReady");
        assertThat(sandbox.status().workers().nodes()).isEqualTo(2);
        assertThat(workers.group("default").ready()).isEqualTo(2);
        assertThat(workers.group("default").versions()).hasSize(1);
        assertThat(workers.label("w1", GROUP_LABEL)).isEqualTo("default");
        assertThat(kubectl("get", "node", "w1", "--output=jsonpath={.metadata.labels}"))
                .doesNotContain("join-proof");
    }

    @Test
    @Order(20)
    void podsOfBothRunAndAreReachedFromOutside() throws Exception {
        workers.serveWeb();
        workers.runWeb(w1);
        workers.runWeb(w2);

        workers.assertLogsExecAndForward(w1);
        workers.assertLogsExecAndForward(w2);
        workers.assertCopies(w1, 20);
    }

    @Test
    @Order(30)
    void podsReachEachOtherByTheNameOfAServiceAndTheApiWithTheirToken() {
        workers.assertNamesWorkInPods(w1, w2);
    }

    @Test
    @Order(40)
    void aMachineBehindNatHasAllOfThatButPodsOfOthers() throws Exception {
        Instant typed = Instant.now();
        far.join(sandbox.secret("-join-edge"), AGENT);
        workers.installPodNetwork(far);
        workers.awaitNode(far);
        tell("from the join command to a k3s agent behind NAT that is Ready", typed);
        workers.runWeb(far);

        soon(() -> assertThat(workers.label("far", GROUP_LABEL)).isEqualTo("edge"));
        assertThat(workers.label("far", PLACE_LABEL)).isEqualTo("edge");
        assertThat(kubectl("get", "node", "far", "--output=jsonpath={.spec.taints[*].key}"))
                .contains("edge");
        workers.assertLogsExecAndForward(far);
        workers.assertCopies(far, 20);
        workers.assertPodReachesApi(far);
        sandbox.awaitReason("WorkersReady", "AllNodesReady");
    }

    @Test
    @Order(50)
    void aMachineCannotChooseItsGroup() {
        assertThat(asNode(w1, "label", "node", "w1", "--overwrite", GROUP_LABEL + "=edge")
                        .errors())
                .contains("Forbidden", "is not allowed to modify labels");
        assertThat(asNode(w1, "label", "node", "w2", "mine=yes").errors()).contains("Forbidden");

        takeLabelsOfEdge(w1);
        awaitLabelsOfEdgeGone("w1");
        assertThat(workers.label("w1", GROUP_LABEL)).isEqualTo("default");
    }

    @Test
    @Order(60)
    void anAgentThatAsksForLabelsOfAnotherGroupDoesNotEvenStart() {
        spare.join(sandbox.secret("-join"), "--node-name thief", AGENT, "--node-label=" + PLACE_LABEL + "=edge");

        soon(() -> assertThat(spare.log()).contains("'kubernetes.io' or 'k8s.io' labels specified with --node-labels"));
        assertThat(workers.nodeExists("thief")).isFalse();
        replaceSpare();
    }

    @Test
    @Order(61)
    void aTokenOfOneGroupProvesNoOther() {
        String edge = tokenId(sandbox.secret("-join-edge"));

        spare.join(
                sandbox.secret("-join"),
                AGENT,
                "--node-label=sandboxcluster.dev/join-proof=" + edge + "." + "0".repeat(40));
        workers.installPodNetwork(spare);
        workers.awaitNode(spare);

        assertThat(workers.awaitProblem("w3", "NodeWithoutGroup").message()).contains("no valid proof");
        assertThat(workers.label("w3", GROUP_LABEL)).isEmpty();
        assertThat(workers.label("w3", PLACE_LABEL)).isEmpty();
    }

    @Test
    @Order(62)
    void aNodeWithoutGroupCannotTakeAGroupsLabels() {
        takeLabelsOfEdge(spare);

        try {
            awaitLabelsOfEdgeGone("w3");
        } finally {
            replaceSpare();
        }
    }

    @Test
    @Order(63)
    void aTokenOfOneGroupGetsNoNodeOfAnother() {
        String node = workers.nodeId("w1");

        spare.join(sandbox.secret("-join-edge"), "--node-name w1", AGENT);

        soon(() -> assertThat(spare.log()).contains("Node password rejected"));
        assertThat(workers.nodeId("w1")).isEqualTo(node);
        assertThat(workers.label("w1", GROUP_LABEL)).isEqualTo("default");
        assertThat(workers.hasLogs(w1)).isTrue();
        replaceSpare();
    }

    @Test
    @Order(64)
    void aNodeThatIsTooManyForItsGroupGetsNoPods() {
        spare.join(sandbox.secret("-join-edge"), AGENT);

        assertThat(workers.awaitProblem("w3", "GroupFull").message()).contains("maxNodes");
        assertThat(kubectl("get", "node", "w3")).contains("SchedulingDisabled");
        assertThat(kubectl("get", "node", "far")).doesNotContain("SchedulingDisabled");
        replaceSpare();
    }

    @Test
    @Order(70)
    void anotherClusterAtTheAddressIsRefusedBeforeAnythingChanges() {
        other.awaitReady();
        other.awaitReason("WorkersReady", "NoWorkers");
        brief = other.secret("-join");
        Secret mine = sandbox.secret("-join");
        String misdirected = Sandbox.value(mine, "join.sh").replace(host(mine), host(brief));

        Command.Result refused = spare.script(misdirected, "--foreground");

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.errors()).contains("another cluster", "The token was not sent to it", "Nothing was changed");
        assertThat(spare.run("ls", "/etc/rancher/k3s/config.yaml").exitCode()).isNotZero();
        assertThat(byHand(Sandbox.value(brief, "server"), Sandbox.value(mine, "token")))
                .contains("token CA hash does not match");
    }

    @Test
    @Order(71)
    void aRevokedTokenIsWorthlessWithinSecondsAndAnotherIsThere() {
        Secret old = sandbox.secret("-join");
        assertThat(spare.check(old).ok()).contains("Nothing stands in the way");

        sandbox.annotate("sandboxcluster.dev/revoke-join-tokens=now");
        workers.awaitReplaced(old, spare);

        assertThat(byHand(Sandbox.value(old, "server"), Sandbox.value(old, "token")))
                .contains("not authorized");
        assertThat(workers.nodeExists("thief")).isFalse();
        assertThat(spare.check(sandbox.secret("-join")).ok()).contains("Nothing stands in the way");
        assertThat(kubectl("get", "node", "w1", "w2", "far")).doesNotContain("NotReady");
    }

    @Test
    @Order(72)
    void anExpiredTokenIsRefusedAndTheSecretHasAnother() {
        Workers.awaitExpiry(brief);

        assertThat(Sandbox.value(other.secret("-join"), "token")).isNotEqualTo(Sandbox.value(brief, "token"));
        Workers.assertExpired(brief, spare);
        assertThat(byHand(Sandbox.value(brief, "server"), Sandbox.value(brief, "token")))
                .contains("not authorized");
    }

    @Test
    @Order(80)
    void podsRunOnWhileTheControlPlaneIsReplaced() {
        String before = workers.containers(w1, w2, far);
        Instant lost = workers.loseControlPlane(BED);
        until(() -> workers.hasLogs(w1));
        tell("from the loss of the pod to logs", lost);
        until(() -> workers.hasLogs(far));
        tell("from the loss of the pod to logs behind NAT", lost);
        workers.awaitNode(w1);
        workers.awaitNode(w2);
        workers.awaitNode(far);
        sandbox.awaitReady();

        assertThat(workers.containers(w1, w2, far)).isEqualTo(before);
        assertThat(workers.inside(w2, SEVERAL_TIMES)).contains("from w");
    }

    @Test
    @Order(81)
    void withoutOperatorNodesWorkOnAndWhoJoinsWaitsForItsGroupOnly() {
        String before = workers.containers(w1, w2, far);
        BED.withoutOperator(() -> {
            spare.join(sandbox.secret("-join"), AGENT);
            workers.installPodNetwork(spare);
            workers.awaitNode(spare);
            workers.runWeb(spare);
            assertThat(workers.hasLogs(spare)).isTrue();
            assertThat(workers.hasLogs(w1)).isTrue();
            assertThat(workers.inside(w2, SEVERAL_TIMES)).contains("from w");
            assertThat(workers.label("w3", GROUP_LABEL)).isEmpty();
        });

        Instant back = Instant.now();
        soon(() -> assertThat(workers.label("w3", GROUP_LABEL)).isEqualTo("default"));
        tell("from an operator that is back to the group of the node that joined meanwhile", back);
        assertThat(workers.containers(w1, w2, far)).isEqualTo(before);
    }

    @Test
    @Order(90)
    void aNodeIsDrainedWithRespectForBudgetsAndRemovedByForceIfTheUserSaysSo() {
        workers.assertBudgetHoldsDrainUntilForced(spare);
    }

    @Test
    @Order(91)
    void aMachineThatLeftJoinsAgainUnderItsName() {
        assertThat(spare.leave(sandbox.secret("-join"))).contains("removed /etc/rancher/k3s/config.yaml");
        assertThat(spare.check(sandbox.secret("-join")).ok()).contains("Nothing stands in the way");

        // A new Node has another range of pod addresses, which the others must know. A pod of before has an old one.
        kubectl("delete", "pod", "web-w3", "--ignore-not-found", "--force", "--grace-period=0");
        spare.join(sandbox.secret("-join"), AGENT);
        workers.installPodNetwork(w1, w2, spare);
        workers.awaitNode(spare);

        soon(() -> assertThat(workers.label("w3", GROUP_LABEL)).isEqualTo("default"));
        assertThat(kubectl("get", "node", "w3")).doesNotContain("SchedulingDisabled");
        workers.runWeb(spare);
        assertThat(workers.inside(spare, SEVERAL_TIMES)).contains("from w");
    }

    @Test
    @Order(95)
    void whereTheAddressChangesTheNewCommandTakesMachinesAlongWithTheirPods() {
        String before = workers.containers(w1, w2);
        Secret old = sandbox.secret("-join");
        Instant changed = Instant.now();

        Sandbox.apply(
                BED, namespace, "demo", AGENTS.formatted(BY_NODE_PORT.formatted(BED.nodeAddress()), Workers.GROUPS));
        soon(() -> assertThat(host(sandbox.secret("-join"))).isNotEqualTo(host(old)));
        tell("from another address to a bundle with it", changed);
        workers = Workers.of(sandbox);
        // First the one, and half a minute later the other.
        workers.awaitProblem("far", "TunnelLost", "NodeNotReady");
        tell("from another address to a status that names the machine that was left behind", changed);

        for (Machine machine : List.of(w1, w2)) {
            Instant typed = Instant.now();
            machine.join(sandbox.secret("-join"), AGENT);
            until(() -> workers.hasLogs(machine));
            workers.awaitNode(machine);
            tell("from the new command to logs of " + machine.name(), typed);
        }
        assertThat(workers.containers(w1, w2)).isEqualTo(before);
        workers.assertPodReachesApi(w1);
    }

    @Test
    @Order(100)
    void machinesOfADeletedSandboxRunOnUntilTheyLeaveAndMayJoinAnother() {
        Secret bundle = sandbox.secret("-join");
        sandbox.delete();

        soon(() -> assertThat(w1.log().lines().skip(w1.log().lines().count() - 20))
                .anyMatch(line -> line.contains("connection refused")));
        assertThat(w1.run("pidof", "httpd").ok()).isNotBlank();
        assertThat(w2.check(other.secret("-join")).errors()).contains("has joined another cluster");

        assertThat(w2.leave(bundle)).contains("ended k3s-agent", "removed /etc/rancher/k3s/config.yaml");
        w2.join(other.secret("-join"), AGENT);
        Workers others = Workers.of(other);
        others.installPodNetwork(w2);
        others.awaitNode(w2);
        assertThat(w1.leave(bundle)).contains("ended k3s-agent", "removed /etc/rancher/k3s/config.yaml");
    }

    private static String kubectl(String... words) {
        return workers.kubectl(words);
    }

    /** {@code kubectl} with the credentials of the machine's node. */
    private static Command.Result asNode(Machine machine, String... words) {
        return Testbed.worker(
                        "exec", machine.name(), "kubectl", "--kubeconfig=/var/lib/rancher/k3s/agent/kubelet.kubeconfig")
                .with(words)
                .run();
    }

    private static void takeLabelsOfEdge(Machine machine) {
        machine.script(TAKE_LABELS_OF_EDGE, Sandbox.value(sandbox.secret("-join"), "server"), machine.name())
                .ok();
    }

    private static void awaitLabelsOfEdgeGone(String node) {
        Instant taken = Instant.now();
        soon(() -> {
            assertThat(workers.label(node, PLACE_LABEL)).isEmpty();
            assertThat(workers.label(node, GROUP_LABEL)).isNotEqualTo("edge");
        });
        tell("until labels of another group were gone", taken);
    }

    /** What k3s's agent says on a machine that has not joined. */
    private static String byHand(String server, String token) {
        Command.Result ended = spare.script(BY_HAND, server, token);
        return ended.output() + ended.errors();
    }

    /** A new machine of its name, and no Node of it. */
    private static void replaceSpare() {
        spare = Machine.start("w3");
        kubectl("delete", "node", "w3", "--ignore-not-found");
    }

    private static String host(Secret bundle) {
        return URI.create(Sandbox.value(bundle, "server")).getHost();
    }

    private static String tokenId(Secret bundle) {
        return Sandbox.value(bundle, "token").replaceAll("^K10[0-9a-f]+::([^.]+)[.].*", "$1");
    }
}
