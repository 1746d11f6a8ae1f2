package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxes at the address that all of them share. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RouterIT {

    @RegisterExtension
    static final Testbed BED = new Testbed();

    private static final String ROUTED = "expose: {type: Router}";
    private static final String ROUTER = "deployment/" + HostCluster.RELEASE + "-router";

    private String namespace;
    private Sandbox first;
    private Sandbox second;

    @BeforeAll
    void twoSandboxes() {
        namespace = BED.lastingNamespace("routed");
        first = Sandbox.apply(BED, namespace, "first", ROUTED);
        second = Sandbox.apply(BED, namespace, "second", ROUTED + ", storage: {type: Persistent}");
        first.awaitReady();
        second.awaitReady();
    }

    @Test
    void theyShareAnAddressAndAreUsedAsAnyOther(@TempDir Path charts) {
        assertThat(first.status().endpoint()).isEqualTo(second.status().endpoint());
        Path kubeconfig = first.kubeconfig();
        assertThat(Sandbox.value(first.secret("-kubeconfig"), "tls-server-name"))
                .isEqualTo("first." + namespace + ".sandboxes.internal");

        String chart = charts.resolve("hello").toString();
        Bed.helm(kubeconfig, "create", chart).run().ok();
        Bed.helm(kubeconfig, "install", "hello", chart).run().ok();
        assertThat(Bed.helm(kubeconfig, "list").run().ok()).contains("hello-0.1.0", "deployed");
        assertThat(second.kubectl("get", "deployments").run().ok()).isEmpty();
    }

    @Test
    void oneClustersKeyOpensNoOtherByItsName() {
        String mine = Sandbox.value(first.secret("-kubeconfig"), "value");

        Command.Result refused = Bed.kubectl(
                        Sandbox.write(mine.replace("first." + namespace, "second." + namespace)), "get", "namespaces")
                .run();

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.errors()).contains("certificate signed by unknown authority");
    }

    @Test
    void whoAsksForANameThatNobodyHasIsToldSoAtOnce() {
        String mine = Sandbox.value(first.secret("-kubeconfig"), "value");

        for (String nobody : List.of("nobody." + namespace, "first.nowhere")) {
            assertThat(Bed.kubectl(Sandbox.write(mine.replace("first." + namespace, nobody)), "get", "namespaces")
                            .run(Duration.ofSeconds(20))
                            .errors())
                    .contains("unrecognized name");
        }
    }

    @Test
    void aPodThatIsReplacedIsFoundAgain() {
        second.kubectl("create", "configmap", "kept").run().ok();
        Path kubeconfig = second.kubeconfig();

        BED.kubectl("delete", "pod", "second-0", "--namespace=" + namespace)
                .run(Duration.ofSeconds(60))
                .ok();

        await().atMost(Duration.ofMinutes(2))
                .until(() -> Bed.kubectl(kubeconfig, "get", "configmap", "kept")
                                .run(Duration.ofSeconds(30))
                                .exitCode()
                        == 0);
        second.awaitReady();
    }

    /** Those that are open go on until the pod's grace is over, and new ones find another pod. */
    @Test
    void noConnectionIsLostWhenItsPodsAreReplaced() throws Exception {
        Path kubeconfig = first.kubeconfig();
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger answers = new AtomicInteger();
        ExecutorService users = Executors.newFixedThreadPool(2);
        try {
            Callable<List<String>> asking = () -> {
                List<String> failures = new ArrayList<>();
                while (!over.get()) {
                    Command.Result result =
                            Bed.kubectl(kubeconfig, "get", "namespaces").run(Duration.ofSeconds(30));
                    answers.incrementAndGet();
                    if (result.exitCode() != 0) {
                        failures.add(result.errors());
                    }
                }
                return failures;
            };
            List<Future<List<String>>> asked = List.of(users.submit(asking), users.submit(asking));

            BED.kubectl("rollout", "restart", ROUTER, "--namespace=" + HostCluster.SYSTEM)
                    .run()
                    .ok();
            BED.kubectl("rollout", "status", ROUTER, "--namespace=" + HostCluster.SYSTEM, "--timeout=3m")
                    .run(Duration.ofMinutes(4))
                    .ok();
            over.set(true);

            for (Future<List<String>> user : asked) {
                assertThat(user.get()).isEmpty();
            }
            assertThat(answers.get()).isGreaterThan(5);
        } finally {
            over.set(true);
            users.shutdown();
        }
    }

    @Test
    void aNameThatIsDeletedIsNobodysAndAnothersWhenItIsAppliedAgain() {
        String others = BED.namespace("routed");
        Sandbox former = Sandbox.apply(BED, others, "again", ROUTED).awaitReady();
        Secret before = former.secret("-kubeconfig");
        former.delete();
        await().untilAsserted(
                        () -> assertThat(Bed.kubectl(Sandbox.write(Sandbox.value(before, "value")), "get", "namespaces")
                                        .run(Duration.ofSeconds(30))
                                        .errors())
                                .contains("unrecognized name"));

        Sandbox again = Sandbox.apply(BED, others, "again", ROUTED).awaitReady();

        again.kubectl("get", "namespaces").run().ok();
        assertThat(Bed.kubectl(Sandbox.write(Sandbox.value(before, "value")), "get", "namespaces")
                        .run(Duration.ofSeconds(30))
                        .errors())
                .contains("certificate signed by unknown authority");
    }
}
