package dev.sandboxcluster.operator.capability.workers.external.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.JoinKeys;
import dev.sandboxcluster.operator.capability.workers.external.join.Machine.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the scripts for {@code k3s agent} do on a machine that lets them. */
class K3sAgentScriptsTest {

    private static final String CONFIG = "etc/rancher/k3s/config.yaml";
    private static final String CERTIFICATE = "var/lib/rancher/k3s/agent/client-kubelet.crt";
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
        scripts = JoinScripts.of(Bootstrap.K3sAgent, endpoint);
    }

    @Test
    void configureOnly() throws IOException {
        Result result = scripts.join(machine, "--configure-only", "--node-ip", "10.0.0.7");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(machine.permissions(CONFIG)).isEqualTo("rw-------");
        JsonNode config = new YAMLMapper().readTree(machine.read(CONFIG));
        assertThat(config.at("/server").textValue()).isEqualTo(scripts.server());
        assertThat(config.at("/token").textValue())
                .isEqualTo("K10" + endpoint.caHash() + "::abc123." + JoinScripts.SECRET);
        assertThat(config.at("/node-name").textValue()).isEqualTo("machine-1");
        assertThat(config.at("/node-ip").textValue()).isEqualTo("10.0.0.7");
        assertThat(config.at("/node-label")).hasSize(1);
        assertThat(config.at("/node-label/0").textValue()).isEqualTo("tier=it's $(no) \"joke\"");
        assertThat(config.has("kubelet-arg")).isFalse();
        assertThat(machine.has("run/sandboxcluster")).isFalse();
    }

    @Test
    void proofAndSwap() throws IOException, GeneralSecurityException {
        machine.file("proc/swaps", "Filename\n/swap file 1 0 -2\n");
        Result result = scripts.withProof().join(machine, "--configure-only", "--node-name", "gpu-1.example");
        assertThat(result.exitCode()).as(result.output()).isZero();
        JsonNode config = new YAMLMapper().readTree(machine.read(CONFIG));
        byte[] hash = MessageDigest.getInstance("SHA-256")
                .digest((JoinScripts.SECRET + ":gpu-1.example").getBytes(StandardCharsets.US_ASCII));
        assertThat(config.at("/node-label/1").textValue())
                .isEqualTo("sandboxcluster.dev/join-proof=abc123."
                        + HexFormat.of().formatHex(hash).substring(0, 40));
        assertThat(config.at("/kubelet-arg/0").textValue()).isEqualTo("fail-swap-on=false");
    }

    @Test
    void foreground() {
        machine.command("k3s", """
                case $1 in
                --version) echo "k3s version v1.33.5+k3s1 (abc)" ;;
                *) printf '%%s\\n' "$$" "$@" "url=${K3S_URL-unset}" >%s/started ;;
                esac
                """.formatted(directory));
        machine.file(CERTIFICATE, "of a node that was deleted");
        Result result = scripts.join(machine, "--", "--kubelet-arg=v=2", "a b");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(machine.read("started"))
                .isEqualTo(machine.read("run/sandboxcluster/k3s-agent.process").split(" ")[0]
                        + "\nagent\n--kubelet-arg=v=2\na b\nurl=unset\n");
        assertThat(machine.has(CERTIFICATE)).isFalse();
        assertThat(machine.files()).noneMatch(file -> file.startsWith("tmp/tmp."));
    }

    @Test
    void mendsWhatItCan() {
        machine.remove("dev/kmsg");
        machine.file("proc/self/mountinfo", "22 1 0:21 / / rw - ext4 /dev/vda1 rw\n");
        Result result = scripts.join(machine);
        assertThat(result.output())
                .contains("linked /dev/kmsg to /dev/null", "mounts below / could not be made shared");
        assertThat(machine.root().resolve("dev/kmsg")).isSymbolicLink();
        assertThat(machine.read("commands")).contains("--make-rshared /");
        machine.remove("dev/kmsg");
    }

    @Test
    void service() {
        withSystemd();
        Path installer = machine.file(
                "installer",
                "printf '%s\\n' \"$INSTALL_K3S_EXEC $INSTALL_K3S_VERSION $INSTALL_K3S_SKIP_START"
                        + " $INSTALL_K3S_SKIP_DOWNLOAD $INSTALL_K3S_BIN_DIR\" \"$@\" >" + directory + "/installed\n");
        Result result = scripts.join(machine, "--installer", installer.toString(), "--", "--kubelet-arg=v=2");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(machine.read("installed"))
                .isEqualTo("agent v1.33.5+k3s1 true true " + directory.resolve("bin") + "\n--kubelet-arg=v=2\n");
        assertThat(machine.read("systemctl")).contains("restart --no-block k3s-agent");
        assertThat(result.output()).contains("k3s-agent runs", "kubectl get node machine-1");
    }

    @Test
    void offline() {
        machine.hide("wget");
        machine.command("k3s", "exit 1");
        machine.remove("bin/k3s");
        assertThat(scripts.join(machine, "--check").output())
                .contains("FAIL  no k3s, and neither systemd nor OpenRC", "put k3s v1.33.5+k3s1 into /usr/local/bin");
        withSystemd();
        machine.command("curl", """
                case $* in *get.k3s.io*) echo "curl: (6) no such host" >&2; exit 6 ;; esac
                PATH=${PATH#*:} exec curl "$@"
                """);
        Result result = scripts.join(machine);
        assertThat(result.output()).contains("https://get.k3s.io can't be had: curl: (6) no such host. Offline:");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(machine.has(CONFIG)).isFalse();
    }

    @Test
    void anotherClustersMachineIsLeftAlone() {
        machine.file(CONFIG, "server: https://192.0.2.1:6443\ntoken: K10aa::b\n");
        assertThat(scripts.join(machine, "--check").output())
                .contains("FAIL  this machine has joined another cluster, https://192.0.2.1:6443.");
        assertThat(scripts.leave(machine).output()).contains("belongs to another cluster");
        assertThat(machine.has(CONFIG)).isTrue();
    }

    @Test
    void joinedAlready() {
        scripts.join(machine, "--configure-only");
        machine.file("proc/net/tcp", "   0: 00000000:280A 00000000:0000 0A 0\n");
        Result result = scripts.expiring(Instant.EPOCH).join(machine);
        assertThat(result.output()).contains("nothing to do");
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void addressMayChange() {
        scripts.at(1).join(machine, "--configure-only");
        machine.file(CONFIG, "server: \"https://192.0.2.1:6443\"\ntoken: \"K10" + endpoint.caHash() + "::x\"\n");
        assertThat(scripts.join(machine, "--configure-only").exitCode()).isZero();
        assertThat(machine.read(CONFIG)).contains(scripts.server());
        assertThat(machine.read(CONFIG + ".before-join")).contains("192.0.2.1");
    }

    @Test
    void leavesWithTheUninstaller() {
        scripts.join(machine, "--configure-only");
        machine.command("k3s-agent-uninstall.sh", "echo uninstalled >" + directory + "/uninstalled");
        assertThat(scripts.leave(machine).exitCode()).isZero();
        assertThat(machine.has("uninstalled")).isTrue();
        assertThat(machine.has(CONFIG)).isFalse();
    }

    /** It may have joined another cluster by environment variables, without a configuration. */
    @Test
    void anotherClustersInstallationStays() {
        machine.command("k3s-agent-uninstall.sh", "echo uninstalled >" + directory + "/uninstalled");
        assertThat(scripts.leave(machine).output()).contains("has not joined");
        assertThat(machine.has("uninstalled")).isFalse();
    }

    @Test
    void leavesWithoutTheUninstaller() throws IOException {
        machine.command(
                "k3s",
                "case $1 in --version) echo 'k3s version v1.33.5+k3s1 (abc)' ;;"
                        + " *) trap 'exit 0' TERM; while :; do sleep 0.1; done ;; esac");
        Process agent = machine.start(scripts.text(JoinKeys.JOIN_SCRIPT));
        try {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Files.exists(directory.resolve("run/sandboxcluster/k3s-agent.process")));
            machine.file(CERTIFICATE, "made by k3s");
            Result result = scripts.leave(machine);
            assertThat(result.exitCode()).as(result.output()).isZero();
            assertThat(result.output()).contains("ended k3s-agent", "What remains");
            await().atMost(Duration.ofSeconds(10)).until(() -> !agent.isAlive());
        } finally {
            agent.destroyForcibly();
        }
        assertThat(machine.has(CONFIG)).isFalse();
        assertThat(machine.has(CERTIFICATE)).isFalse();
        assertThat(scripts.leave(machine).output()).contains("has left already");
    }

    private void withSystemd() {
        machine.file("run/systemd/system/.keep", "");
        machine.command(
                "systemctl", "echo \"$@\" >>" + directory + "/systemctl; case $1 in is-active) echo active ;; esac");
    }
}
