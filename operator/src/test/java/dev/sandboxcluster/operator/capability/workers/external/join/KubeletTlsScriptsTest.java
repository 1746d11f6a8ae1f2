package dev.sandboxcluster.operator.capability.workers.external.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.JoinKeys;
import dev.sandboxcluster.operator.capability.workers.external.join.Machine.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the scripts for a machine's own kubelet do where they may. */
class KubeletTlsScriptsTest {

    private static final String RUNTIME = "--container-runtime-endpoint";
    private static final String KUBELET = "etc/kubernetes/sandboxcluster-kubelet";
    private static final String GETS_CERTIFICATE =
            "sleep 0.5; mkdir -p var/lib/kubelet/pki; echo x >var/lib/kubelet/pki/kubelet-client-current.pem";
    private static TestEndpoint endpoint;

    @TempDir
    private Path directory;

    private Machine machine;
    private JoinScripts scripts;

    @BeforeAll
    static void open(@TempDir Path keys) {
        endpoint = new TestEndpoint(keys, "ip:127.0.0.1,dns:kubernetes.default.svc", "abc123." + JoinScripts.SECRET);
    }

    @AfterAll
    static void close() {
        endpoint.close();
    }

    @BeforeEach
    void equip() {
        machine = JoinChecksTest.equipped(directory, List.of("sh"));
        scripts = JoinScripts.of(Bootstrap.KubeletTLS, endpoint);
    }

    @Test
    void configureOnly() throws IOException {
        machine.file("run/systemd/resolve/resolv.conf", "");
        machine.file("proc/swaps", "Filename\n/swap file 1 0 -2\n");
        machine.command("kubelet", "printf '%s\\n' \"$@\"");
        Result result = scripts.join(
                machine, "--configure-only", RUNTIME, "/run/x.sock", "--node-ip", "10.0.0.7", "--", "--v=2", "it's");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output()).contains("Run both of these");

        assertThat(machine.permissions("etc/kubernetes/bootstrap-kubelet.conf")).isEqualTo("rw-------");
        assertThat(machine.read("etc/kubernetes/bootstrap-kubelet.conf"))
                .isEqualTo(scripts.text(JoinKeys.BOOTSTRAP_KUBECONFIG));
        assertThat(machine.read("etc/kubernetes/pki/client-ca.crt")).isEqualTo(endpoint.caCertificate());
        JsonNode kubelet = new YAMLMapper().readTree(machine.read("etc/kubernetes/kubelet.yaml"));
        assertThat(kubelet.at("/failSwapOn").booleanValue()).isFalse();
        assertThat(kubelet.at("/failSwapOn").isBoolean()).isTrue();
        assertThat(kubelet.at("/cgroupDriver").textValue()).isEqualTo("cgroupfs");
        assertThat(kubelet.at("/resolvConf").textValue()).isEqualTo("/run/systemd/resolve/resolv.conf");
        assertThat(new YAMLMapper()
                        .readTree(machine.read("etc/kubernetes/kube-proxy.yaml"))
                        .at("/hostnameOverride")
                        .textValue())
                .isEqualTo("machine-1");

        assertThat(machine.run(machine.read(KUBELET)).output().lines())
                .containsExactly(
                        "--bootstrap-kubeconfig=" + directory + "/etc/kubernetes/bootstrap-kubelet.conf",
                        "--kubeconfig=" + directory + "/var/lib/kubelet/kubeconfig",
                        "--config=" + directory + "/etc/kubernetes/kubelet.yaml",
                        "--cert-dir=" + directory + "/var/lib/kubelet/pki",
                        "--hostname-override=machine-1",
                        "--container-runtime-endpoint=unix:///run/x.sock",
                        "--node-ip=10.0.0.7",
                        "--node-labels=tier=it's $(no) \"joke\"",
                        "--v=2",
                        "it's");
    }

    @Test
    void missingParts() {
        assertThat(scripts.join(machine, "--check").output())
                .contains("ok    container runtime at unix:///run/containerd/containerd.sock");
        machine.remove("run/containerd/containerd.sock");
        assertThat(scripts.join(machine, "--check").output()).contains("FAIL  no container runtime");
        machine.remove("bin/kube-proxy");
        machine.command("kubelet", "echo Kubernetes v1.34.0");
        assertThat(scripts.join(machine, "--check", RUNTIME, "/run/x.sock").output())
                .contains("FAIL  no kube-proxy on PATH", "FAIL  kubelet is v1.34.0, newer than the sandbox's");
    }

    @Test
    void foregroundEndsBothWhenOneEnds() {
        machine.command("kubelet", runsFor(1000, GETS_CERTIFICATE));
        machine.command("kube-proxy", runsFor(1, ":"));
        Result result = scripts.join(machine, "--foreground", RUNTIME, "/run/x.sock");
        assertThat(result.output()).contains("kubelet ended by TERM", "the other one is ended, too");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(machine.files()).noneMatch(file -> file.startsWith("run/sandboxcluster"));
    }

    @Test
    void foregroundEndsBothOnTerm() {
        machine.command("kubelet", runsFor(1000, GETS_CERTIFICATE));
        machine.command("kube-proxy", runsFor(1000, ": >proxying"));
        Process join = machine.start(scripts.text(JoinKeys.JOIN_SCRIPT), "--foreground", RUNTIME, "/run/x.sock");
        try {
            await().atMost(Duration.ofSeconds(30)).until(() -> machine.has("proxying"));
            join.destroy();
            await().atMost(Duration.ofSeconds(10)).until(() -> !join.isAlive());
        } finally {
            join.destroyForcibly();
        }
        assertThat(machine.read("tmp/output")).contains("kubelet ended by TERM", "kube-proxy ended by TERM");
    }

    @Test
    void leavingEndsAllThatJoiningStartedAlsoTheNextTime() throws InterruptedException {
        machine.command("kubelet", runsFor(1000, GETS_CERTIFICATE));
        machine.command("kube-proxy", runsFor(1000, ": >proxying"));
        for (int time = 0; time < 3; time++) {
            Process join = machine.start(scripts.text(JoinKeys.JOIN_SCRIPT), "--foreground", RUNTIME, "/run/x.sock");
            try {
                await().atMost(Duration.ofSeconds(30)).until(() -> machine.has("proxying"));
                machine.remove("proxying");
                assertThat(scripts.join(machine, "--check", RUNTIME, "/run/x.sock")
                                .output())
                        .contains("FAIL  join.sh runs on this machine already");

                assertThat(scripts.leave(machine).output()).contains("ended join.sh (process " + join.pid() + ")");

                assertThat(join.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(machine.read("tmp/output")).contains("kubelet ended by TERM", "kube-proxy ended by TERM");
            } finally {
                join.destroyForcibly();
            }
        }
    }

    @Test
    void leavingEndsWhatAKilledScriptLeftRunning() {
        machine.command("kubelet", runsFor(1000, GETS_CERTIFICATE));
        machine.command("kube-proxy", runsFor(1000, ": >proxying"));
        Process join = machine.start(scripts.text(JoinKeys.JOIN_SCRIPT), "--foreground", RUNTIME, "/run/x.sock");
        await().atMost(Duration.ofSeconds(30)).until(() -> machine.has("proxying"));
        join.destroyForcibly();

        assertThat(scripts.leave(machine).output()).contains("ended kube-proxy (process ", "ended kubelet (process ");
        assertThat(machine.read("tmp/output")).contains("kubelet ended by TERM", "kube-proxy ended by TERM");
    }

    @Test
    void services() {
        machine.file("run/systemd/system/.keep", "");
        machine.command("systemctl", "echo \"$@\" >>" + directory + "/systemctl");
        Result result = scripts.join(machine, RUNTIME, "/run/x.sock");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(machine.read("systemctl")).isEqualTo("""
                daemon-reload
                enable sandboxcluster-kubelet.service
                restart --no-block sandboxcluster-kubelet.service
                enable sandboxcluster-kube-proxy.service
                restart --no-block sandboxcluster-kube-proxy.service
                """);
        assertThat(machine.read("etc/systemd/system/sandboxcluster-kubelet.service"))
                .contains("ExecStart=/bin/sh " + directory.resolve(KUBELET) + "\n");

        assertThat(scripts.leave(machine).output()).contains("removed /etc/kubernetes/bootstrap-kubelet.conf");
        assertThat(machine.files()).noneMatch(file -> file.startsWith("etc/kubernetes") || file.contains(".service"));
        assertThat(scripts.leave(machine).output()).contains("has left already");
    }

    @Test
    void anotherClustersMachineIsLeftAlone() {
        machine.file("var/lib/kubelet/kubeconfig", "clusters:\n- cluster:\n    server: https://192.0.2.1:6443\n");
        machine.file("var/lib/kubelet/pki/kubelet-client-current.pem", "certificate and key");
        assertThat(scripts.join(machine, "--check", RUNTIME, "/run/x.sock").output())
                .contains("FAIL  this machine has joined another cluster, https://192.0.2.1:6443");
        machine.file("etc/kubernetes/pki/server-ca.crt", "other");
        assertThat(scripts.leave(machine).exitCode()).isEqualTo(1);
        assertThat(machine.has("var/lib/kubelet/kubeconfig")).isTrue();
    }

    @Test
    void nameStaysAndAddressMayChange() {
        scripts.join(machine, "--configure-only");
        machine.file("var/lib/kubelet/kubeconfig", "clusters:\n- cluster:\n    server: https://192.0.2.1:6443\n");
        machine.file("var/lib/kubelet/pki/kubelet-client-current.pem", "certificate and key");
        assertThat(scripts.join(machine, "--configure-only", "--node-name", "other")
                        .output())
                .contains("FAIL  this machine has joined the sandbox as machine-1");
        assertThat(scripts.join(machine, "--configure-only").output()).contains("moved from https://192.0.2.1:6443");
        assertThat(machine.read("var/lib/kubelet/kubeconfig")).contains("    server: " + scripts.server() + "\n");
    }

    @Test
    void aMachineThatWasRefusedHasNotJoined() {
        scripts.join(machine, "--configure-only");
        machine.file("var/lib/kubelet/kubeconfig", "clusters:\n- cluster:\n    server: https://192.0.2.1:6443\n");

        assertThat(scripts.join(machine, "--configure-only", "--node-name", "other")
                        .output())
                .doesNotContain("has joined");
    }

    private static String runsFor(int tenths, String first) {
        return "case $1 in --version) echo Kubernetes v1.33.5; exit ;; esac\n" + first
                + "\ntrap 'echo \"${0##*/} ended by TERM\"; exit 0' TERM\ni=0\n"
                + "while [ $i -lt " + tenths + " ]; do i=$((i + 1)); sleep 0.1; done";
    }
}
