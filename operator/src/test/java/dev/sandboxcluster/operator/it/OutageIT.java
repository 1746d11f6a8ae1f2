package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The host cluster's API is away. {@code -Doutage.seconds} says for how long. */
class OutageIT {

    @RegisterExtension
    static final HostCluster HOST = new HostCluster();

    private static final Duration OUTAGE = Duration.ofSeconds(Long.getLong("outage.seconds", 20));
    private static final Duration BACK = Duration.ofSeconds(30);
    private static final String LEASE = "sandboxcluster-operator";
    private static final String NOBODY = "https://127.0.0.1:1/";

    private Sandboxes sandboxes;

    @BeforeEach
    void prepare() {
        HOST.runtimeClass("gvisor");
        sandboxes = new Sandboxes(HOST.admin(), HOST.namespace());
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSED", "SILENT"})
    void afterwardsItGoesOnAndNothingWasSaidThatIsNotTrue(Wire.Cut how) {
        Queue<String> said = new ConcurrentLinkedQueue<>();
        try (Wire wire = new Wire(HOST.operator());
                RunningOperator operator = RunningOperator.start(wire.through(HOST.operator()), lease());
                var watch = HOST.admin()
                        .resources(SandboxCluster.class)
                        .inNamespace(sandboxes.namespace())
                        .watch(reasons(said))) {
            for (int i = 0; i < 5; i++) {
                sandboxes.apply("before-" + i, "");
            }
            for (int i = 0; i < 5; i++) {
                sandboxes.awaitReason("before-" + i, "Ready", "PodPending");
            }
            sandboxes.apply("starting", "");

            wire.cut(how);
            sandboxes.apply("meanwhile", "");
            sandboxes.apply("before-0", "tlsSANs: [a.example.com]");
            await().during(OUTAGE).atMost(OUTAGE.plusSeconds(15)).until(operator::live);
            assertThat(operator.leading()).isFalse();
            wire.mend();

            await().atMost(BACK).untilAsserted(() -> Stream.of("before-0", "starting", "meanwhile")
                    .forEach(name -> assertThat(sandboxes.get(name).getStatus())
                            .as(name)
                            .isNotNull()
                            .satisfies(status -> assertThat(status.observedGeneration())
                                    .isEqualTo(sandboxes.get(name).getMetadata().getGeneration()))));
            assertThat(operator.leading()).isTrue();
        } finally {
            HOST.admin()
                    .leases()
                    .inNamespace(HostCluster.SYSTEM)
                    .withName(LEASE)
                    .delete();
        }
        assertThat(said)
                .isSubsetOf(
                        "PodPending",
                        "Published",
                        "ControlPlaneNotRunning",
                        "WaitingForEndpoint",
                        "Creating",
                        "UpToDate");
    }

    @Test
    void aConnectionThatWasForgottenIsNoticed() {
        try (Wire wire = new Wire(HOST.operator());
                RunningOperator operator =
                        RunningOperator.hearingNothingFor(Duration.ofSeconds(5), wire.through(HOST.operator()))) {
            sandboxes.apply("before", "");
            sandboxes.awaitReason("before", "Ready", "PodPending");

            wire.cut(Wire.Cut.FORGOTTEN);
            sandboxes.apply("meanwhile", "");

            sandboxes.awaitReason("meanwhile", "Ready", "PodPending");
            assertThat(operator.live()).isTrue();
        }
    }

    @Test
    void aStartWithoutAnAPIFails() {
        Config nobody = new ConfigBuilder(HOST.operator()).withMasterUrl(NOBODY).build();

        assertThatThrownBy(() -> RunningOperator.start(nobody, Map.of()).close())
                .hasMessageContaining("The host cluster's API does not answer");
    }

    @Test
    void aStartThatFailsEndsTheProcess(@TempDir Path directory) throws IOException, InterruptedException {
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: nobody, cluster: {server: "%s"}}]
                contexts: [{name: nobody, context: {cluster: nobody, user: nobody}}]
                users: [{name: nobody, user: {token: none}}]
                current-context: nobody
                """.formatted(NOBODY));
        Path log = directory.resolve("log");
        ProcessBuilder command = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.sandboxcluster.operator.Main"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        command.environment().put("KUBECONFIG", kubeconfig.toString());
        command.environment().put("HTTP_PORT", "0");

        Process process = command.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }

        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(log)
                .content()
                .contains("The operator does not start, and ends: The host cluster's API does not answer");
    }

    private static Map<String, String> lease() {
        return Map.of("LEASE_NAMESPACE", HostCluster.SYSTEM, "LEASE_NAME", LEASE, "POD_NAME", "only");
    }

    private static Watcher<SandboxCluster> reasons(Queue<String> said) {
        return new Watcher<>() {
            @Override
            public void eventReceived(Action action, SandboxCluster cluster) {
                Stream.ofNullable(cluster.getStatus())
                        .flatMap(status -> status.conditions().stream())
                        .forEach(condition -> said.add(condition.getReason()));
            }

            @Override
            public void onClose(WatcherException cause) {}
        };
    }
}
