package dev.sandboxcluster.operator.capability.workers.external.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.operator.capability.workers.external.join.Machine.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code join.sh --check} says about machines and endpoints, of either kind. */
class JoinChecksTest {

    private static TestEndpoint endpoint;
    private static TestEndpoint stranger;

    @TempDir
    private Path directory;

    private Machine machine;

    @BeforeAll
    static void open(@TempDir Path keys) {
        endpoint = new TestEndpoint(
                keys.resolve("own"), "ip:127.0.0.1,dns:kubernetes.default.svc", "abc123." + JoinScripts.SECRET);
        stranger = new TestEndpoint(
                keys.resolve("other"), "ip:127.0.0.1,dns:kubernetes.default.svc", "abc123." + JoinScripts.SECRET);
    }

    @AfterAll
    static void close() {
        endpoint.close();
        stranger.close();
    }

    @BeforeEach
    void equip() {
        machine = equipped(directory, List.of("sh"));
    }

    @ParameterizedTest
    @EnumSource
    void goodMachineAndUnchanged(Bootstrap kind) {
        List<String> before = machine.files();
        Result result = JoinScripts.of(kind, endpoint).join(machine, "--check");
        assertThat(result.output()).doesNotContain("FAIL").contains("accepts the token", "as node machine-1");
        assertThat(result.exitCode()).isZero();
        assertThat(machine.files().stream().filter(file -> !file.startsWith("tmp/")))
                .isEqualTo(before);
        assertThat(machine.has("commands")).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void misuse(Bootstrap kind) {
        JoinScripts scripts = JoinScripts.of(kind, endpoint);
        assertThat(scripts.join(machine, "--checks").output()).contains("unknown option: --checks", "usage:");
        assertThat(scripts.join(machine, "--checks").exitCode()).isEqualTo(2);
        assertThat(scripts.join(machine, "--node-name").output()).contains("--node-name needs a value");
        assertThat(scripts.join(machine, "--node-ip", "10.0.0.1\nx").output()).contains("no IP address");
        assertThat(scripts.join(machine, "--help").exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Upper", "-a", "a-", ".a", "a..b", "a.-b", "a_b", "a b", "a\nb", "a'b", "$(id)"})
    void badNodeNames(String name) {
        Result result = JoinScripts.of(Bootstrap.K3sAgent, endpoint).join(machine, "--check", "--node-name", name);
        if (name.isEmpty()) {
            assertThat(result.output()).contains("as node machine-1");
        } else {
            assertThat(result.output()).contains("can't be a node's name");
            assertThat(result.exitCode()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void notRoot(Bootstrap kind) {
        machine.command("id", "echo 1000");
        refuses(JoinScripts.of(kind, endpoint), "not root");
    }

    @ParameterizedTest
    @EnumSource
    void otherSystems(Bootstrap kind) {
        machine.command("uname", "case $1 in -n) echo m ;; -m) echo arm64 ;; *) echo Darwin ;; esac");
        refuses(JoinScripts.of(kind, endpoint), "Darwin on arm64");
    }

    @ParameterizedTest
    @EnumSource
    void gvisor(Bootstrap kind) {
        machine.command("dmesg", "echo '[    0.000000] Starting gVisor...'");
        refuses(JoinScripts.of(kind, endpoint), "inside gVisor: no kubelet runs here");
    }

    @ParameterizedTest
    @EnumSource
    void takenPort(Bootstrap kind) {
        machine.file("proc/net/tcp6", """
                  sl  local_address                         remote_address                        st
                   0: 00000000000000000000000000000000:280A 00000000000000000000000000000000:0000 0A 00000000
                """);
        refuses(JoinScripts.of(kind, endpoint), "port 10250 is taken");
    }

    @Test
    void connectionsToOtherKubeletsAreNone() {
        machine.file(
                "proc/net/tcp", "   0: 0100007F:A1B2 0200007F:280A 01 0\n   1: 0100007F:280A 0200007F:1234 06 0\n");
        assertThat(JoinScripts.of(Bootstrap.K3sAgent, endpoint)
                        .join(machine, "--check")
                        .output())
                .contains("port 10250 is free");
    }

    @Test
    void expiredToken() {
        refuses(
                JoinScripts.of(Bootstrap.K3sAgent, endpoint).expiring(Instant.parse("2020-01-02T03:04:05Z")),
                "the token expired at 2020-01-02T03:04:05Z, this machine's clock says 2");
    }

    @Test
    void clockThatWasNeverSet() {
        assertThat(JoinScripts.of(Bootstrap.K3sAgent, endpoint)
                        .expiring(Instant.parse("2100-01-01T00:00:00Z"))
                        .join(machine, "--check")
                        .output())
                .contains("more than a year before the token expires");
    }

    @Test
    void cgroups() {
        machine.file("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io\n");
        refuses(JoinScripts.of(Bootstrap.K3sAgent, endpoint), "cgroup v2 without the controllers memory pids:");
        machine.remove("sys/fs/cgroup/cgroup.controllers");
        refuses(JoinScripts.of(Bootstrap.K3sAgent, endpoint), "cgroup v1 without the controllers cpu memory pids:");
        for (String controller : List.of("cpu", "memory", "pids")) {
            machine.file("sys/fs/cgroup/" + controller + "/tasks", "");
        }
        assertThat(JoinScripts.of(Bootstrap.K3sAgent, endpoint)
                        .join(machine, "--check")
                        .output())
                .contains("note  cgroup v1:");
    }

    @Test
    void whatTheScriptCanMendIsSaid() {
        machine.remove("dev/kmsg");
        machine.file("proc/self/mountinfo", "22 1 0:21 / / rw - ext4 /dev/vda1 rw\n");
        machine.file("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/swap\tfile\t1\t0\t-2\n");
        machine.file("proc/self/status", "CapEff:\t000001fffeffffff\n");
        Result result = JoinScripts.of(Bootstrap.K3sAgent, endpoint).join(machine, "--check");
        assertThat(result.output())
                .contains(
                        "note  /dev/kmsg is missing",
                        "mount --make-rshared /",
                        "fail-swap-on=false",
                        "note  no CAP_SYS_RESOURCE");
        assertThat(result.exitCode()).isZero();
        assertThat(machine.has("dev/kmsg")).isFalse();
    }

    /** Every way to ask an endpoint says the same. */
    static Stream<Arguments> clients() {
        return Stream.of(Bootstrap.values())
                .flatMap(kind -> Stream.of(List.<String>of(), List.of("curl"), List.of("curl", "openssl"))
                        .map(missing -> Arguments.of(kind, missing)));
    }

    @ParameterizedTest
    @MethodSource("clients")
    void endpoint(Bootstrap kind, List<String> missing) throws IOException {
        hide(missing);
        boolean onlyWget = missing.contains("openssl");
        JoinScripts scripts = JoinScripts.of(kind, endpoint);
        Result good = scripts.join(machine, "--check");
        assertThat(good.output()).doesNotContain("FAIL");
        if (kind == Bootstrap.KubeletTLS && onlyWget) {
            assertThat(good.output()).contains("is not tried");
            return;
        }
        refuses(scripts.at(closedPort()), "can't be reached");
        refuses(
                JoinScripts.of(kind, stranger).pinnedTo(endpoint.caCertificate(), endpoint.caHash()),
                "another cluster, or a proxy that terminates TLS, answers there");
        assertThat(stranger.sawToken()).isFalse();
        if (!onlyWget) {
            refuses(scripts.withSecret("wrongwrongwrong0"), "doesn't accept the token");
        }
    }

    /** The pinned CA, shown by someone who has none of its certificates. */
    @ParameterizedTest
    @ValueSource(strings = {"", "curl"})
    void certificateOfTheCaIsWanted(String missing, @TempDir Path keys) {
        hide(missing.isEmpty() ? List.of() : List.of(missing));
        try (TestEndpoint other = new TestEndpoint(keys, "ip:127.0.0.1", "abc123." + JoinScripts.SECRET)) {
            refuses(JoinScripts.of(Bootstrap.K3sAgent, other), "shows the sandbox's CA, but no certificate of it");
            assertThat(other.sawToken()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "curl"})
    void kubeletsInsistOnTheAddress(String missing, @TempDir Path keys) {
        hide(missing.isEmpty() ? List.of() : List.of(missing));
        try (TestEndpoint other =
                new TestEndpoint(keys, "dns:kubernetes.default.svc", "abc123." + JoinScripts.SECRET)) {
            refuses(JoinScripts.of(Bootstrap.KubeletTLS, other), "certificate doesn't name 127.0.0.1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void secretsAreNoArguments(Bootstrap kind) {
        for (String command : List.of("curl", "grep", "sed", "mktemp", "cut", "sha256sum")) {
            machine.command(
                    command,
                    "printf '%s\\n' \"$*\" >>" + directory + "/arguments\nPATH=${PATH#*:} exec " + command + " \"$@\"");
        }
        Result result = JoinScripts.of(kind, endpoint).withProof().join(machine, "--configure-only");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(machine.read("arguments")).isNotEmpty().doesNotContain(JoinScripts.SECRET);
        assertThat(result.output()).doesNotContain(JoinScripts.SECRET);
    }

    /** Where there is a busybox: no other shell and no other tools. */
    @ParameterizedTest
    @EnumSource
    void worksInBusybox(Bootstrap kind) {
        List<Path> busyboxes = Stream.of("/bin/busybox", "/usr/bin/busybox", "../e2e/testbed/.state/debian/bin/busybox")
                .map(path -> Path.of(path).toAbsolutePath().normalize())
                .filter(Files::isExecutable)
                .toList();
        assumeFalse(busyboxes.isEmpty(), "no busybox");
        Machine small =
                equipped(directory.resolve("small"), List.of(busyboxes.get(0).toString(), "sh"));
        assertThat(JoinScripts.of(kind, endpoint).join(small, "--check").output())
                .contains("port 10250 is free", "accepts the token");
        assertThat(JoinScripts.of(kind, stranger)
                        .pinnedTo(endpoint.caCertificate(), endpoint.caHash())
                        .join(small, "--check")
                        .output())
                .contains("another cluster, or a proxy");
    }

    private void hide(List<String> missing) {
        machine.hide(missing.toArray(String[]::new));
    }

    private void refuses(JoinScripts scripts, String reason) {
        Result result = scripts.join(machine, "--check");
        assertThat(result.output()).contains("FAIL  ").contains(reason).contains("Nothing was changed");
        assertThat(result.exitCode()).isEqualTo(1);
    }

    static Machine equipped(Path root, List<String> shell) {
        Machine machine = new Machine(root, shell);
        machine.command("k3s", "echo 'k3s version v1.33.5+k3s1 (abc)'");
        machine.command("kubelet", "echo Kubernetes v1.33.13");
        machine.command("kube-proxy", "echo Kubernetes v1.32.1");
        machine.file("etc/cni/net.d/10-bridge.conflist", "{}");
        return machine;
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
