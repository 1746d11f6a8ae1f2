package dev.sandboxcluster.e2e;

import static dev.sandboxcluster.e2e.Workers.soon;
import static dev.sandboxcluster.e2e.Workers.tell;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.e2e.bench.OperatorRequests;
import dev.sandboxcluster.e2e.story.Needs;
import dev.sandboxcluster.e2e.story.Story;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * {@code helm upgrade} from the release before, with sandboxes that it started: nobody who uses them notices. The story is
 * skipped in a clone whose history doesn't have that release.
 */
@Isolated("another release is installed meanwhile")
@Story
class OperatorUpgradeIT {

    private static final String NODE_PORT = "expose: {type: NodePort}";
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration WHILE_IDLE = Duration.ofSeconds(15);
    private static final String MACHINE = "w1";

    @RegisterExtension
    final Testbed bed = new Testbed();

    private final Map<String, Sandbox> sandboxes = new TreeMap<>();

    /** Those that users saved before. */
    private final Map<String, Path> kubeconfigs = new HashMap<>();

    private String namespace;
    private Machine machine;
    private OperatorRequests requests;
    private Map<String, List<String>> pods;
    private Map<String, String> ready;
    private String node;

    @AfterAll
    void theReleaseUnderTestRunsAgain() {
        if (machine != null) {
            machine.end();
        }
        if (requests != null) {
            requests.stop();
        }
        bed.restore();
    }

    @Test
    @Order(10)
    void theReleaseBeforeServesSandboxes() {
        FormerRelease former = FormerRelease.build();
        bed.installInstead(former);
        namespace = bed.lastingNamespace("upgrade");
        Instant applied = Instant.now();
        specs().forEach((name, spec) -> sandboxes.put(name, Sandbox.apply(bed, namespace, name, spec)));
        machine = Machine.start(MACHINE);
        sandboxes.values().forEach(sandbox -> sandbox.awaitReady(START));
        tell("until %d sandboxes were Ready".formatted(sandboxes.size()), applied);

        sandboxes.forEach((name, sandbox) -> kubeconfigs.put(name, sandbox.kubeconfig()));
        sandboxes.keySet().forEach(name -> in(name, "create", "configmap", "kept", "--from-literal=of=" + name));
        sandboxes.get("joined").awaitReason("WorkersReady", "NoWorkers");
        machine.join(sandboxes.get("joined").secret("-join"), Machine.KUBELET);
        workers().installPodNetwork(machine);
        workers().awaitNode(machine);
        sandboxes.get("joined").awaitReason("WorkersReady", "AllNodesReady");
        node = workers().nodeId(MACHINE);
    }

    /** Five are Ephemeral, two Persistent; the release's own defaults are in what they don't say. */
    private Map<String, String> specs() {
        String tag = bed.host().controlPlane().tag();
        String image = bed.host().controlPlane().repository();
        String machines = "workers: {external: {enabled: true, bootstrap: KubeletTLS}},"
                + " expose: {type: NodePort, nodePort: {hostName: %s}}".formatted(bed.nodeAddress());
        return Map.of(
                "plain", NODE_PORT,
                "version", NODE_PORT + ", version: " + tag,
                "image", NODE_PORT + ", controlPlane: {image: '%s'}".formatted(image),
                "flags", NODE_PORT + ", controlPlane: {extraArgs: [--kube-apiserver-arg=max-requests-inflight=200]}",
                "balanced", "expose: {type: LoadBalancer}",
                "volume", NODE_PORT + ", storage: {type: Persistent}",
                "joined", machines + ", storage: {type: Persistent}");
    }

    @Test
    @Order(20)
    @Needs("theReleaseBeforeServesSandboxes")
    void podsStayAndAreReadyAllTheTime() {
        pods = pods();
        ready = readySince();
        requests = new OperatorRequests(bed.host());
        requests.count();
        Instant asked = Instant.now();

        bed.upgrade();
        sandboxes.values().forEach(sandbox -> sandbox.awaitReason("UpToDate", "Outdated"));
        tell("from helm upgrade until the new operator had looked at all sandboxes", asked);

        assertThat(pods()).isEqualTo(pods);
        assertThat(readySince()).isEqualTo(ready);
    }

    @Test
    @Order(30)
    @Needs("podsStayAndAreReadyAllTheTime")
    void kubeconfigsThatWereSavedGoOnWorkingAndNothingIsLost() {
        sandboxes.forEach((name, sandbox) -> {
            assertThat(kept(name)).isEqualTo(name);
            assertThat(sandbox.kubectl("get", "configmap", "kept").run().exitCode())
                    .isZero();
            assertThat(sandbox.condition("ContentLost")).isEmpty();
        });
    }

    @Test
    @Order(40)
    @Needs("podsStayAndAreReadyAllTheTime")
    void aMachineThatJoinedGoesOnWorking() {
        workers().awaitNode(machine);
        assertThat(workers().nodeId(MACHINE)).isEqualTo(node);
        workers().runWeb(machine);
        assertThat(workers().hasLogs(machine)).isTrue();
        sandboxes.get("joined").awaitReason("WorkersReady", "AllNodesReady");
    }

    @Test
    @Order(50)
    @Needs("podsStayAndAreReadyAllTheTime")
    void onceItHasLookedTheNewOperatorWritesNothing() {
        long before = requests.of(OperatorRequests.WRITES);
        assertThat(before).as("the writes are counted").isPositive();

        await().pollDelay(WHILE_IDLE).atMost(WHILE_IDLE.multipliedBy(2)).until(() -> true);

        assertThat(requests.of(OperatorRequests.WRITES)).isEqualTo(before);
        assertThat(pods()).isEqualTo(pods);
        assertThat(readySince()).isEqualTo(ready);
    }

    @Test
    @Order(60)
    @Needs("podsStayAndAreReadyAllTheTime")
    void aChangeOfOneSpecReplacesOnePod() {
        bed.kubectl(
                        "patch",
                        "sbc",
                        "volume",
                        "--namespace=" + namespace,
                        "--type=merge",
                        "--patch={\"spec\": {\"tlsSANs\": [\"b.example.com\"]}}")
                .run()
                .ok();
        Sandbox changed = sandboxes.get("volume");
        changed.awaitReason("UpToDate", "UpToDate");
        soon(() -> assertThat(pods().get("volume")).isNotEqualTo(pods.get("volume")));
        changed.awaitReady();

        assertThat(kept("volume")).isEqualTo("volume");
        Map<String, List<String>> others = new TreeMap<>(pods);
        others.remove("volume");
        assertThat(pods()).containsAllEntriesOf(others);
    }

    @Test
    @Order(70)
    @Needs("podsStayAndAreReadyAllTheTime")
    void aSandboxOfTheReleaseBeforeLeavesNothingBehind() {
        sandboxes.get("plain").delete();

        soon(() -> assertThat(bed.kubectl(
                                "get",
                                "statefulsets,pods,services,secrets,configmaps,networkpolicies,persistentvolumeclaims",
                                "--namespace=" + namespace,
                                "--selector=sandboxcluster.dev/name=plain",
                                "--output=name")
                        .run()
                        .ok())
                .isBlank());
    }

    /** As the user has it who saved the kubeconfig before. */
    private String in(String name, String... words) {
        return Bed.kubectl(kubeconfigs.get(name), words).run().ok();
    }

    private String kept(String name) {
        return in(name, "get", "configmap", "kept", "--output=jsonpath={.data.of}");
    }

    private Workers workers() {
        return new Workers(sandboxes.get("joined"), kubeconfigs.get("joined"));
    }

    /** By sandbox: which pod, which containers, and how often they were started. */
    private Map<String, List<String>> pods() {
        return bed.client().pods().inNamespace(namespace).list().getItems().stream()
                .collect(toMap(pod -> pod.getMetadata().getLabels().get("sandboxcluster.dev/name"), this::incarnation));
    }

    private List<String> incarnation(Pod pod) {
        return Stream.concat(
                        Stream.of(pod.getMetadata().getUid()),
                        pod.getStatus().getContainerStatuses().stream()
                                .flatMap(container -> Stream.of(
                                        String.valueOf(container.getContainerID()),
                                        container.getRestartCount().toString())))
                .toList();
    }

    /** By sandbox: since when it is Ready, so that an interruption shows however short it was. */
    private Map<String, String> readySince() {
        return sandboxes.entrySet().stream().collect(toMap(Map.Entry::getKey, sandbox -> sandbox.getValue()
                .condition("Ready")
                .filter(condition -> condition.getStatus().equals("True"))
                .map(condition -> condition.getLastTransitionTime())
                .orElse("not Ready")));
    }
}
