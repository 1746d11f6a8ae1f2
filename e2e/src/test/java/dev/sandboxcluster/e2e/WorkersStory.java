package dev.sandboxcluster.e2e;

import static dev.sandboxcluster.e2e.Workers.GROUP_LABEL;
import static dev.sandboxcluster.e2e.Workers.PLACE_LABEL;
import static dev.sandboxcluster.e2e.Workers.SOME_PAGE;
import static dev.sandboxcluster.e2e.Workers.soon;
import static dev.sandboxcluster.e2e.Workers.tell;
import static dev.sandboxcluster.e2e.Workers.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.e2e.story.Needs;
import dev.sandboxcluster.e2e.story.Story;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Machines join, run pods, and leave: one sandbox's life with its workers, told in order, whatever the machines join
 * with. One of them is behind a router that lets no connection in; a spare one tries what must not work.
 */
@Story
abstract class WorkersStory {

    private static final String SPARE = "w3";

    /** But for what the machine's container runtime writes. */
    private static final String WRITTEN =
            "find /etc /var/lib -path /var/lib/containerd -prune -o -newer /tmp/before -type f -print";

    @RegisterExtension
    final Testbed bed = new Testbed();

    String namespace;
    Sandbox sandbox;
    Workers workers;
    Machine w1;
    Machine w2;
    Machine far;

    private Sandbox other;
    private Secret brief;
    private Machine spare;

    /** The fields of a SandboxCluster's spec, with these of {@code workers.external}. */
    abstract String spec(String external);

    abstract Machine startSecondMachine(String name);

    /** What a join script hands on, as {@link Machine#KUBELET}. */
    abstract String arguments();

    /** Types the one line of a join Secret on a machine, with options of the join script. */
    final void join(Machine machine, Secret bundle, String... options) {
        machine.join(
                bundle,
                Stream.concat(Stream.of(options), Stream.of(arguments())).toArray(String[]::new));
    }

    /** {@code kubectl} with the credentials of the machine's node. */
    abstract Command.Result asNode(Machine machine, String... words);

    /** Those of the machines with pods whose logs there are. */
    abstract List<Machine> machinesWithLogs();

    /** When a node is in its group: from the beginning, or soon. */
    abstract void assertGroup(String node, String group);

    /** The join script of a bundle, which finds another cluster at the address. */
    abstract String misdirected(Secret bundle, Secret others);

    /** That a bundle's token, which is no longer good, is refused to who takes no script, too. */
    abstract void assertWorthlessByHand(Secret bundle, Machine machine);

    /** What a machine can do that joined while there is no operator, and what not. */
    abstract void assertWaitsForOperator(Machine machine);

    abstract void awaitEndOfWaiting(Machine machine);

    /** What the leave script says that it removed. */
    abstract String removed();

    /** What the leave script says about the programs that it ended. */
    abstract String ended(Machine machine);

    @BeforeAll
    void sandboxesAndMachines() {
        namespace = bed.lastingNamespace("workers");
        sandbox = Sandbox.apply(bed, namespace, "demo", spec(Workers.GROUPS));
        w1 = Machine.start("w1");
        w2 = startSecondMachine("w2");
        far = Machine.start("far", "--nat");
        spare = Machine.start(SPARE);
        sandbox.awaitReady();
        sandbox.awaitReason("WorkersReady", "NoWorkers");
        workers = Workers.of(sandbox);
        other = Sandbox.apply(bed, bed.lastingNamespace("workers"), "other", spec(Workers.BRIEF_TOKENS));
    }

    @AfterAll
    void endMachines() {
        Stream.of("w1", "w2", "far", SPARE)
                .forEach(name -> Bed.worker("down", name).run());
    }

    @Test
    @Order(10)
    void oneCommandMakesAMachineANodeOfItsGroup() {
        Instant typed = Instant.now();
        join(w1, sandbox.secret("-join"));
        join(w2, sandbox.secret("-join"));
        workers.installPodNetwork(w1, w2);
        workers.awaitNode(w1);
        workers.awaitNode(w2);
        tell("from the join command to two nodes that are Ready", typed);

        sandbox.awaitReason("WorkersReady", "AllNodesReady");
        assertThat(sandbox.status().workers().nodes()).isEqualTo(2);
        assertThat(sandbox.status().workers().ready()).isEqualTo(2);
        assertThat(workers.group("default").nodes()).isEqualTo(2);
        assertThat(workers.group("default").ready()).isEqualTo(2);
        assertThat(workers.group("default").versions()).hasSize(1);
        assertThat(workers.label("w1", GROUP_LABEL)).isEqualTo("default");
        assertThat(kubectl("get", "node", "w1", "--output=jsonpath={.metadata.labels}"))
                .doesNotContain("join-proof");
    }

    @Test
    @Order(20)
    @Needs("oneCommandMakesAMachineANodeOfItsGroup")
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
    @Needs("podsOfBothRunAndAreReachedFromOutside")
    void podsReachEachOtherByTheNameOfAServiceAndTheApiWithTheirToken() {
        workers.assertNamesWorkInPods(w1, w2);
    }

    @Test
    @Order(40)
    void aMachineBehindNatRunsPods() {
        Instant typed = Instant.now();
        join(far, sandbox.secret("-join-edge"));
        workers.installPodNetwork(far);
        workers.awaitNode(far);
        tell("from the join command to a node behind NAT that is Ready", typed);
        workers.runWeb(far);

        assertGroup("far", "edge");
        assertThat(workers.label("far", PLACE_LABEL)).isEqualTo("edge");
        assertThat(kubectl("get", "node", "far", "--output=jsonpath={.spec.taints[*].key}"))
                .contains("edge");
    }

    @Test
    @Order(50)
    @Needs("oneCommandMakesAMachineANodeOfItsGroup")
    void aMachineCannotChooseItsGroup() {
        assertThat(asNode(w1, "label", "node", "w1", "--overwrite", GROUP_LABEL + "=edge")
                        .errors())
                .contains("Forbidden", "is not allowed to modify labels");
        assertThat(asNode(w1, "label", "node", "w2", "mine=yes").errors()).contains("Forbidden");
        assertThat(workers.label("w1", GROUP_LABEL)).isEqualTo("default");
    }

    @Test
    @Order(70)
    void anotherClusterAtTheAddressIsRefusedBeforeAnythingChanges() {
        Machine untouched = newSpare();
        untouched.run("touch", "/tmp/before").ok();

        Command.Result refused =
                untouched.script(misdirected(sandbox.secret("-join"), firstBundleOfOther()), "--foreground");

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.errors()).contains("another cluster", "The token was not sent to it", "Nothing was changed");
        assertThat(untouched.script(WRITTEN).ok()).isBlank();
    }

    @Test
    @Order(72)
    @Needs({"oneCommandMakesAMachineANodeOfItsGroup", "aMachineBehindNatRunsPods"})
    void aRevokedTokenIsWorthlessWithinSecondsAndAnotherIsThere() {
        Machine untouched = newSpare();
        Secret old = sandbox.secret("-join");
        assertThat(untouched.check(old).ok()).contains("Nothing stands in the way");

        sandbox.annotate("sandboxcluster.dev/revoke-join-tokens=now");
        workers.awaitReplaced(old, untouched);

        assertWorthlessByHand(old, untouched);
        assertThat(untouched.check(sandbox.secret("-join")).ok()).contains("Nothing stands in the way");
        assertThat(kubectl("get", "node", "w1", "w2", "far")).doesNotContain("NotReady");
    }

    @Test
    @Order(80)
    @Needs({"podsOfBothRunAndAreReachedFromOutside", "aMachineBehindNatRunsPods"})
    void podsRunOnWhileTheControlPlaneIsReplaced() {
        String before = workers.containers(w1, w2, far);
        Instant lost = workers.loseControlPlane(bed);
        for (Machine machine : machinesWithLogs()) {
            until(() -> workers.hasLogs(machine));
            tell("from the loss of the pod to logs of " + machine.name(), lost);
        }
        workers.awaitNode(w1);
        workers.awaitNode(w2);
        workers.awaitNode(far);
        sandbox.awaitReady();

        assertThat(workers.containers(w1, w2, far)).isEqualTo(before);
        assertThat(workers.inside(w2, SOME_PAGE)).contains("from w");
    }

    @Test
    @Order(81)
    void anExpiredTokenIsRefusedAndTheSecretHasAnother() {
        Machine untouched = newSpare();
        Secret expired = firstBundleOfOther();
        Workers.awaitExpiry(expired);

        soon(() -> assertThat(Sandbox.value(other().secret("-join"), "token"))
                .isNotEqualTo(Sandbox.value(expired, "token")));
        Workers.assertExpired(expired, untouched);
        assertWorthlessByHand(expired, untouched);
    }

    @Test
    @Order(82)
    @Needs({"podsOfBothRunAndAreReachedFromOutside", "aMachineBehindNatRunsPods"})
    void withoutOperatorNodesWorkOnAndWhoJoinsWaits() {
        Machine late = newSpare();
        String before = workers.containers(w1, w2, far);
        bed.withoutOperator(() -> {
            join(late, sandbox.secret("-join"));
            assertThat(kubectl("logs", "web-w1")).contains("started on w1");
            assertThat(workers.inside(w2, SOME_PAGE)).contains("from w");
            assertWaitsForOperator(late);
        });

        Instant back = Instant.now();
        awaitEndOfWaiting(late);
        tell("from an operator that is back to the end of waiting for it", back);
        workers.runWeb(late);
        assertThat(workers.containers(w1, w2, far)).isEqualTo(before);
    }

    @Test
    @Order(90)
    @Needs("withoutOperatorNodesWorkOnAndWhoJoinsWaits")
    void aNodeIsDrainedWithRespectForBudgetsAndRemovedByForceIfTheUserSaysSo() {
        workers.assertBudgetHoldsDrainUntilForced(spare);
    }

    @Test
    @Order(91)
    @Needs("aNodeIsDrainedWithRespectForBudgetsAndRemovedByForceIfTheUserSaysSo")
    void aMachineThatLeftJoinsAgainUnderItsName() {
        assertThat(spare.leave(sandbox.secret("-join"))).contains(removed());
        assertThat(spare.check(sandbox.secret("-join")).ok()).contains("Nothing stands in the way");

        // A new Node has another range of pod addresses, which the others must know. A pod of before has an old one.
        kubectl("delete", "pod", "web-w3", "--ignore-not-found", "--force", "--grace-period=0");
        join(spare, sandbox.secret("-join"));
        workers.installPodNetwork(w1, w2, spare);
        workers.awaitNode(spare);

        assertGroup(SPARE, "default");
        assertThat(kubectl("get", "node", SPARE)).doesNotContain("SchedulingDisabled");
        workers.runWeb(spare);
        soon(() -> assertThat(workers.inside(spare, SOME_PAGE)).contains("from w"));
    }

    @Test
    @Order(100)
    @Needs("podsOfBothRunAndAreReachedFromOutside")
    void machinesOfADeletedSandboxRunOnUntilTheyLeaveAndMayJoinAnother() {
        Secret bundle = sandbox.secret("-join");
        sandbox.delete();

        soon(() -> assertThat(w1.log().lines().skip(w1.log().lines().count() - 20))
                .anyMatch(line -> line.contains("connection refused")));
        assertThat(w1.run("pidof", "httpd").ok()).isNotBlank();
        // Who joins must be in before the token ends: from now on one lasts.
        other().patch("{\"spec\": {\"workers\": {\"external\": {\"tokenTTL\": \"1h\"}}}}");
        soon(() -> assertThat(Instant.parse(Sandbox.value(other().secret("-join"), "expires")))
                .isAfter(Instant.now().plusSeconds(600)));
        assertThat(w2.check(other().secret("-join")).errors()).contains("has joined another cluster");

        assertThat(w2.leave(bundle)).contains(ended(w2), removed());
        join(w2, other().secret("-join"));
        Workers others = Workers.of(other());
        others.installPodNetwork(w2);
        others.awaitNode(w2);
        assertThat(w1.leave(bundle)).contains(ended(w1), removed());
    }

    String kubectl(String... words) {
        return workers.kubectl(words);
    }

    /** Another sandbox, whose tokens are good for a minute. */
    Sandbox other() {
        other.awaitReady();
        other.awaitReason("WorkersReady", "NoWorkers");
        return other;
    }

    /** Of the other sandbox: the same whenever it is asked for, so that it expires. */
    Secret firstBundleOfOther() {
        if (brief == null) {
            brief = other().secret("-join");
        }
        return brief;
    }

    /** The spare machine as new, whatever an earlier step did on it; and no Node of it. */
    Machine newSpare() {
        spare = Machine.start(SPARE);
        kubectl("delete", "node", SPARE, "--ignore-not-found");
        return spare;
    }

    /** The spare machine as the step before left it. */
    Machine spare() {
        return spare;
    }
}
