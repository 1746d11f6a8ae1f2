package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What nobody uses costs nothing, and is there for whoever comes. Its scenarios wait long, so it begins first; not beside
 * FaultIT, as each would wait for the other's before no operator runs.
 */
@Order(1)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DozeIT {

    @RegisterExtension
    static final Testbed BED = new Testbed();

    private static final String DOZES = "expose: {type: Router}, lifetime: {dozeAfter: 10s}";
    private static final String IS_SUSPENDED =
            "expose: {type: Router}, storage: {type: Persistent}, lifetime: {suspendAfterIdle: 10s}";
    private static final Duration A_WHILE = Duration.ofSeconds(25);
    private static final Duration LONG = Duration.ofMinutes(4);

    /** Of all processes of the pod, which it shares: T, if one is stopped. */
    private static final String STATES =
            "for stat in /proc/[0-9]*/stat; do read -r line <$stat; set -- ${line##*) }; echo $1; done";

    private String namespace;
    private Sandbox sleeper;

    @BeforeAll
    void oneThatDozes() {
        namespace = BED.lastingNamespace("doze");
        sleeper = Sandbox.apply(BED, namespace, "sleeper", DOZES).awaitReady();
    }

    @Test
    void nobodyThereStopsItsProcessesAndTheNextRequestIsAnswered() {
        sleeper.kubectl("create", "configmap", "kept").run().ok();
        Condition dozing = asleep(sleeper);
        assertThat(dozing.getStatus()).isEqualTo("True");
        stopped(sleeper);
        Path kubeconfig = sleeper.kubeconfig();

        Instant asked = Instant.now();
        assertThat(Bed.kubectl(kubeconfig, "get", "configmap", "kept", "--output=name")
                        .run()
                        .ok())
                .contains("configmap/kept");
        System.out.printf(
                "%d ms from kubectl to the answer of a sandbox that dozed%n",
                Duration.between(asked, Instant.now()).toMillis());

        try (Command.Followed watching = watch(sleeper)) {
            assertThat(watching.await("namespace/default")).isTrue();
            awake(sleeper);
            assertThat(states("sleeper")).doesNotContain("T");
        }
        assertThat(sleeper.status().lastUsedAt()).isNotNull();
        assertThat(restarts("sleeper")).isZero();
    }

    @Test
    void whatIsWatchedStaysAwake() {
        Sandbox watched =
                Sandbox.apply(BED, BED.namespace("doze"), "watched", DOZES).awaitReady();
        try (Command.Followed watching = watch(watched)) {
            assertThat(watching.await("namespace/default")).isTrue();

            await().during(A_WHILE).atMost(A_WHILE.multipliedBy(2)).untilAsserted(() -> assertThat(
                            watched.condition("Dozing"))
                    .hasValueSatisfying(found -> assertThat(found.getStatus()).isEqualTo("False")));
            watched.kubectl("create", "namespace", "seen").run().ok();
            assertThat(watching.await("namespace/seen")).isTrue();
        }
        asleep(watched);
    }

    @Test
    void whoComesWhileNoOperatorRunsIsToldInTimeAndServedWhenItIsBack() {
        asleep(sleeper);
        stopped(sleeper);
        Path kubeconfig = sleeper.kubeconfig();

        BED.withoutOperator(() -> {
            Instant asked = Instant.now();
            assertThat(Bed.kubectl(kubeconfig, "create", "configmap", "unheard")
                            .run(Duration.ofSeconds(110))
                            .exitCode())
                    .isNotZero();
            System.out.printf(
                    "%d s until kubectl gives up where no operator wakes the sandbox%n",
                    Duration.between(asked, Instant.now()).toSeconds());
        });

        await().atMost(LONG)
                .until(() -> Bed.kubectl(kubeconfig, "get", "namespaces")
                                .run(Duration.ofSeconds(110))
                                .exitCode()
                        == 0);
        awake(sleeper);
    }

    @Test
    void aContainerThatEndsOrAPodThatIsEvictedWhileItDozesComesBackAwake() {
        Sandbox again =
                Sandbox.apply(BED, BED.namespace("doze"), "again", DOZES).awaitReady();
        asleep(again);
        stopped(again);

        again.exec("k3s", "kill -KILL -1");

        await().atMost(LONG).until(() -> again.restarts("k3s") == 1);
        awake(again);
        again.awaitReady();
        again.kubectl("get", "namespaces").run().ok();
        asleep(again);
        stopped(again);

        assertThat(exitCodeOfEvicted(again))
                .as("it ends by itself, and isn't killed")
                .isZero();

        again.awaitReady();
        again.kubectl("get", "namespaces").run().ok();
    }

    /** No probe of the node's does it. */
    @Test
    void oneThatHangsWhileItIsAwakeIsRestarted() {
        Sandbox hung = Sandbox.apply(
                        BED, BED.namespace("doze"), "hung", "expose: {type: Router}, lifetime: {dozeAfter: 1h}")
                .awaitReady();

        hung.exec("k3s", "kill -STOP -1");

        // A minute on a machine that has nothing else to do.
        await().atMost(LONG).until(() -> hung.restarts("k3s") == 1);
        hung.awaitReady();
        hung.kubectl("get", "namespaces").run().ok();
    }

    @Test
    void whatIsSuspendedByIdlenessIsThereForTheNextRequest(@TempDir Path charts) {
        String own = BED.namespace("doze");
        Sandbox idle = Sandbox.apply(BED, own, "idle", IS_SUSPENDED).awaitReady();
        String chart = charts.resolve("hello").toString();
        Path kubeconfig = idle.kubeconfig();
        Bed.helm(kubeconfig, "create", chart).run().ok();
        Bed.helm(kubeconfig, "install", "hello", chart).run().ok();
        suspended(idle);

        Instant asked = Instant.now();
        assertThat(Bed.kubectl(kubeconfig, "get", "deployment", "hello", "--output=name")
                        .run(Duration.ofMinutes(2))
                        .ok())
                .contains("deployment.apps/hello");
        System.out.printf(
                "%d ms from kubectl to the answer of a sandbox that had no pod%n",
                Duration.between(asked, Instant.now()).toMillis());
        idle.awaitReady();
        suspended(idle);
        Bed.helm(kubeconfig, "upgrade", "hello", chart)
                .run(Duration.ofMinutes(2))
                .ok();

        idle.patch("{\"spec\": {\"operatingMode\": \"Suspended\"}}");
        await().atMost(LONG).until(() -> pod(idle).isEmpty());
        await().atMost(LONG).untilAsserted(() -> assertThat(Bed.kubectl(kubeconfig, "get", "namespaces")
                        .run(Duration.ofSeconds(60))
                        .errors())
                .contains("internal error"));
        assertThat(pod(idle)).isEmpty();
    }

    /** Somebody who is connected, for as long as a scenario likes. */
    private static Command.Followed watch(Sandbox sandbox) {
        return sandbox.kubectl("get", "namespaces", "--watch", "--output=name")
                .within(LONG)
                .follow();
    }

    private static Condition asleep(Sandbox sandbox) {
        Condition ready = sandbox.awaitReason("Dozing");
        assertThat(ready.getStatus()).isEqualTo("True");
        return sandbox.condition("Dozing").orElseThrow();
    }

    /** A moment after it is said to be asleep. */
    private static void stopped(Sandbox sandbox) {
        await().atMost(LONG).untilAsserted(() -> assertThat(states(sandbox)).contains("T"));
    }

    private static void awake(Sandbox sandbox) {
        await().atMost(LONG).untilAsserted(() -> assertThat(sandbox.condition("Dozing"))
                .hasValueSatisfying(found -> assertThat(found.getStatus()).isEqualTo("False")));
    }

    private static void suspended(Sandbox sandbox) {
        sandbox.awaitReason("Suspended");
        await().atMost(LONG).until(() -> pod(sandbox).isEmpty());
    }

    private String states(String name) {
        return Sandbox.present(BED, namespace, name).exec("k3s", STATES);
    }

    private static String states(Sandbox sandbox) {
        return sandbox.exec("k3s", STATES);
    }

    private int restarts(String name) {
        return Sandbox.present(BED, namespace, name).restarts("k3s");
    }

    private static int exitCodeOfEvicted(Sandbox sandbox) {
        PodResource pod = BED.client().pods().inNamespace(sandbox.namespace()).withName(sandbox.name() + "-0");
        pod.evict();
        Pod last = pod.waitUntilCondition(found -> exitCode(found).isPresent(), 1, TimeUnit.MINUTES);
        return exitCode(last).orElseThrow();
    }

    private static Optional<Integer> exitCode(Pod pod) {
        return Optional.ofNullable(pod).map(Pod::getStatus).stream()
                .flatMap(status -> status.getContainerStatuses().stream())
                .map(ContainerStatus::getState)
                .flatMap(state -> Stream.ofNullable(state.getTerminated()))
                .map(ContainerStateTerminated::getExitCode)
                .findFirst();
    }

    private static Optional<Pod> pod(Sandbox sandbox) {
        return Optional.ofNullable(BED.client()
                .pods()
                .inNamespace(sandbox.namespace())
                .withName(sandbox.name() + "-0")
                .get());
    }
}
