package dev.sandboxcluster.e2e;

import static dev.sandboxcluster.e2e.Workers.GROUP_LABEL;
import static dev.sandboxcluster.e2e.Workers.PLACE_LABEL;
import static dev.sandboxcluster.e2e.Workers.soon;
import static dev.sandboxcluster.e2e.Workers.tell;
import static dev.sandboxcluster.e2e.Workers.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.e2e.story.Needs;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The story of workers with k3s's own agent: there are logs and exec behind NAT, too, and another address to move to. */
@NeedsK3s("the stand-in has no k3s agents")
@Isolated("its machines have the names of those of WorkersIT")
class K3sAgentIT extends WorkersStory {

    private static final String AGENTS =
            "controlPlane: {disable: [local-storage, metrics-server, servicelb, traefik]}, storage: {type: Persistent},"
                    + " expose: {%s}, network: {flannelBackend: none}, workers: {external: {enabled: true, %s}}";
    private static final String BALANCED = "type: LoadBalancer";
    private static final String BY_NODE_PORT = "type: NodePort, nodePort: {hostName: %s}";

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

    @Override
    String spec(String external) {
        return AGENTS.formatted(BALANCED, external);
    }

    @Override
    Machine startSecondMachine(String name) {
        return Machine.start(name);
    }

    @Override
    String arguments() {
        return Machine.AGENT;
    }

    @Override
    Command.Result asNode(Machine machine, String... words) {
        return machine.kubectl("/var/lib/rancher/k3s/agent/kubelet.kubeconfig", words);
    }

    @Override
    List<Machine> machinesWithLogs() {
        return List.of(w1, w2, far);
    }

    @Override
    void assertGroup(String node, String group) {
        soon(() -> assertThat(workers.label(node, GROUP_LABEL)).isEqualTo(group));
    }

    @Override
    String misdirected(Secret bundle, Secret others) {
        return Sandbox.value(bundle, "join.sh").replace(host(bundle), host(others));
    }

    @Override
    void assertWorthlessByHand(Secret bundle, Machine machine) {
        assertThat(byHand(machine, Sandbox.value(bundle, "server"), Sandbox.value(bundle, "token")))
                .contains("not authorized");
        assertThat(workers.nodeExists("thief")).isFalse();
    }

    @Override
    void assertWaitsForOperator(Machine machine) {
        workers.installPodNetwork(machine);
        workers.awaitNode(machine);
        workers.runWeb(machine);
        assertThat(workers.hasLogs(machine)).isTrue();
        assertThat(workers.label(machine.name(), GROUP_LABEL)).isEmpty();
    }

    @Override
    void awaitEndOfWaiting(Machine machine) {
        assertGroup(machine.name(), "default");
    }

    @Override
    String removed() {
        return "removed /etc/rancher/k3s/config.yaml";
    }

    @Override
    String ended(Machine machine) {
        return "ended k3s-agent";
    }

    @Test
    @Order(41)
    @Needs("aMachineBehindNatRunsPods")
    void aMachineBehindNatHasAllOfThatButPodsOfOthers() throws Exception {
        workers.assertLogsExecAndForward(far);
        workers.assertCopies(far, 20);
        workers.assertPodReachesApi(far);
        sandbox.awaitReason("WorkersReady", "AllNodesReady");
    }

    @Test
    @Order(51)
    @Needs("oneCommandMakesAMachineANodeOfItsGroup")
    void aMachineCannotTakeAGroupsLabels() {
        takeLabelsOfEdge(w1);
        awaitLabelsOfEdgeGone("w1");
        assertThat(workers.label("w1", GROUP_LABEL)).isEqualTo("default");
    }

    @Test
    @Order(60)
    void anAgentThatAsksForLabelsOfAnotherGroupDoesNotEvenStart() {
        Machine spare = newSpare();
        spare.join(
                sandbox.secret("-join"), "--node-name thief", Machine.AGENT, "--node-label=" + PLACE_LABEL + "=edge");

        soon(() -> assertThat(spare.log()).contains("'kubernetes.io' or 'k8s.io' labels specified with --node-labels"));
        assertThat(workers.nodeExists("thief")).isFalse();
    }

    @Test
    @Order(61)
    void aTokenOfOneGroupProvesNoOther() {
        Machine spare = newSpare();
        String edge = tokenId(sandbox.secret("-join-edge"));

        spare.join(
                sandbox.secret("-join"),
                Machine.AGENT,
                "--node-label=sandboxcluster.dev/join-proof=" + edge + "." + "0".repeat(40));
        workers.installPodNetwork(spare);
        workers.awaitNode(spare);

        assertThat(workers.awaitProblem("w3", "NodeWithoutGroup").message()).contains("no valid proof");
        assertThat(workers.label("w3", GROUP_LABEL)).isEmpty();
        assertThat(workers.label("w3", PLACE_LABEL)).isEmpty();
    }

    @Test
    @Order(62)
    @Needs("aTokenOfOneGroupProvesNoOther")
    void aNodeWithoutGroupCannotTakeAGroupsLabels() {
        takeLabelsOfEdge(spare());

        awaitLabelsOfEdgeGone("w3");
    }

    @Test
    @Order(63)
    @Needs("podsOfBothRunAndAreReachedFromOutside")
    void aTokenOfOneGroupGetsNoNodeOfAnother() {
        Machine spare = newSpare();
        String node = workers.nodeId("w1");

        spare.join(sandbox.secret("-join-edge"), "--node-name w1", Machine.AGENT);

        soon(() -> assertThat(spare.log()).contains("Node password rejected"));
        assertThat(workers.nodeId("w1")).isEqualTo(node);
        assertThat(workers.label("w1", GROUP_LABEL)).isEqualTo("default");
        assertThat(workers.hasLogs(w1)).isTrue();
    }

    @Test
    @Order(64)
    @Needs("aMachineBehindNatRunsPods")
    void aNodeThatIsTooManyForItsGroupGetsNoPods() {
        join(newSpare(), sandbox.secret("-join-edge"));

        assertThat(workers.awaitProblem("w3", "GroupFull").message()).contains("maxNodes");
        assertThat(kubectl("get", "node", "w3")).contains("SchedulingDisabled");
        assertThat(kubectl("get", "node", "far")).doesNotContain("SchedulingDisabled");
    }

    @Test
    @Order(71)
    void anAgentWithoutTheScriptRefusesAnotherClusterToo() {
        assertThat(byHand(
                        newSpare(),
                        Sandbox.value(firstBundleOfOther(), "server"),
                        Sandbox.value(sandbox.secret("-join"), "token")))
                .contains("token CA hash does not match");
    }

    @Test
    @Order(95)
    @Needs({"podsOfBothRunAndAreReachedFromOutside", "aMachineBehindNatRunsPods"})
    void whereTheAddressChangesTheNewCommandTakesMachinesAlongWithTheirPods() {
        String before = workers.containers(w1, w2);
        Secret old = sandbox.secret("-join");
        Instant changed = Instant.now();

        Sandbox.apply(
                bed, namespace, "demo", AGENTS.formatted(BY_NODE_PORT.formatted(bed.nodeAddress()), Workers.GROUPS));
        soon(() -> assertThat(host(sandbox.secret("-join"))).isNotEqualTo(host(old)));
        tell("from another address to a bundle with it", changed);
        Workers moved = Workers.of(sandbox);
        // First the one, and half a minute later the other.
        moved.awaitProblem("far", "TunnelLost", "NodeNotReady");
        tell("from another address to a status that names the machine that was left behind", changed);

        for (Machine machine : List.of(w1, w2)) {
            Instant typed = Instant.now();
            join(machine, sandbox.secret("-join"));
            until(() -> moved.hasLogs(machine));
            moved.awaitNode(machine);
            tell("from the new command to logs of " + machine.name(), typed);
        }
        assertThat(moved.containers(w1, w2)).isEqualTo(before);
        moved.assertPodReachesApi(w1);
    }

    private void takeLabelsOfEdge(Machine machine) {
        machine.script(TAKE_LABELS_OF_EDGE, Sandbox.value(sandbox.secret("-join"), "server"), machine.name())
                .ok();
    }

    private void awaitLabelsOfEdgeGone(String node) {
        Instant taken = Instant.now();
        soon(() -> {
            assertThat(workers.label(node, PLACE_LABEL)).isEmpty();
            assertThat(workers.label(node, GROUP_LABEL)).isNotEqualTo("edge");
        });
        tell("until labels of another group were gone", taken);
    }

    /** What k3s's agent says on a machine that has not joined. */
    private static String byHand(Machine machine, String server, String token) {
        Command.Result ended = machine.script(BY_HAND, server, token);
        return ended.output() + ended.errors();
    }

    private static String host(Secret bundle) {
        return URI.create(Sandbox.value(bundle, "server")).getHost();
    }

    private static String tokenId(Secret bundle) {
        return Sandbox.value(bundle, "token").replaceAll("^K10[0-9a-f]+::([^.]+)[.].*", "$1");
    }
}
