package dev.sandboxcluster.operator.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ServerArgumentsTest {

    private static final List<String> FLAGS = Stream.of(
                    ServerArguments.common(),
                    ServerArguments.token(),
                    ServerArguments.network("10.52.0.0/16", "10.53.0.0/16", "sandbox.test"),
                    ServerArguments.ownAddress("10.96.0.7"),
                    ServerArguments.servingNames(List.of("b.example.com", "a.example.com")),
                    ServerArguments.featureGates(Optional.of(33)),
                    ServerArguments.disable(Optional.empty(), List.of()),
                    ServerArguments.workers(WorkerKind.AGENTS, "vxlan"),
                    ServerArguments.workers(WorkerKind.NONE, "none"))
            .flatMap(List::stream)
            .distinct()
            .toList();

    @Test
    void theOrderOfTheCapabilitiesIsNotThatOfTheFlags() {
        List<String> reversed = new ArrayList<>(FLAGS);
        Collections.reverse(reversed);

        List<String> one = ServerArguments.commandLine(FLAGS, List.of());
        List<String> other = ServerArguments.commandLine(reversed, List.of());

        assertThat(one).first().isEqualTo("server");
        assertThat(kinds(other)).isEqualTo(kinds(one));
        assertThat(one).containsSubsequence("--tls-san=b.example.com", "--tls-san=a.example.com");
    }

    @Test
    void everyFlagOfTheOperatorHasItsPlace() {
        List<String> unknown = List.of("--zzz=1");
        List<String> line = ServerArguments.commandLine(
                Stream.concat(unknown.stream(), FLAGS.stream()).toList(), List.of());

        assertThat(line).last().isEqualTo("--zzz=1");
        assertThat(line).hasSize(FLAGS.size() + 1);
    }

    @ParameterizedTest
    @EnumSource(WorkerKind.class)
    void whereNoAgentMayJoinTheSupervisorIsNotAtTheApisPort(WorkerKind kind) {
        List<String> apart =
                List.of("--supervisor-port=9345", "--apiserver-port=6443", "--apiserver-bind-address=0.0.0.0");

        List<String> flags = ServerArguments.workers(kind, "none");

        assertThat(flags.containsAll(apart)).isEqualTo(kind != WorkerKind.AGENTS);
        assertThat(flags.stream().anyMatch(apart::contains)).isEqualTo(kind != WorkerKind.AGENTS);
    }

    @Test
    void theUsersFlagsComeLastAndAsOftenAsHeSaidThem() {
        assertThat(ServerArguments.commandLine(
                        List.of("server", "--tls-san=a", "--tls-san=a"),
                        List.of("--kube-apiserver-arg=v=2", "--node-name=x", "--kube-apiserver-arg=v=2")))
                .containsExactly(
                        "server",
                        "--tls-san=a",
                        "--kube-apiserver-arg=v=2",
                        "--node-name=x",
                        "--kube-apiserver-arg=v=2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            none                                                             | APIServerIdentity=false,ConsistentListFromCache=false
            --kube-apiserver-arg=feature-gates=A=true,B=false                | APIServerIdentity=false,ConsistentListFromCache=false,A=true,B=false
            --kube-apiserver-arg=feature-gates=ConsistentListFromCache=true  | APIServerIdentity=false,ConsistentListFromCache=true
            --kube-apiserver-arg=feature-gates=kube:APIServerIdentity=true   | kube:APIServerIdentity=true,ConsistentListFromCache=false
            --kube-apiserver-arg=--feature_gates+=A=true                     | APIServerIdentity=false,ConsistentListFromCache=false,A=true
            --kube-apiserver-arg=feature-gates=                              | APIServerIdentity=false,ConsistentListFromCache=false
            """)
    void theUsersFeatureGatesAreAddedAndWinOneByOne(String given, String expected) {
        List<String> extra = Stream.of(Optional.ofNullable(given).stream(), Stream.of("--debug"))
                .flatMap(flags -> flags)
                .toList();

        assertThat(ServerArguments.commandLine(ServerArguments.featureGates(Optional.of(33)), extra))
                .containsExactly("--kube-apiserver-arg=feature-gates=" + expected, "--debug");
    }

    @Test
    void theLastValueOfAGateThatIsSetTwiceCounts() {
        assertThat(ServerArguments.commandLine(
                        List.of(),
                        List.of(
                                "--kube-apiserver-arg=feature-gates=A=true,B=true",
                                "--kube-apiserver-arg=feature-gates=A=false",
                                "--kube-scheduler-arg=feature-gates=A=true")))
                .containsExactly(
                        "--kube-apiserver-arg=feature-gates=A=false,B=true",
                        "--kube-scheduler-arg=feature-gates=A=true");
    }

    /** A gate that is locked ends the API server, and one that isn't known too. */
    @Test
    void aGateIsSetOnlyWhereItCanBe() {
        assertThat(ServerArguments.featureGates(Optional.of(32)))
                .singleElement(STRING)
                .contains("ConsistentList");
        assertThat(ServerArguments.featureGates(Optional.of(34)))
                .singleElement(STRING)
                .doesNotContain("ConsistentList");
        assertThat(ServerArguments.featureGates(Optional.empty()))
                .singleElement(STRING)
                .doesNotContain("ConsistentList");
    }

    @Test
    void theMetricsServerRunsOnRequestOnly() {
        assertThat(ServerArguments.disable(Optional.of(List.of("traefik")), List.of()))
                .containsExactly("--disable=traefik", "--disable=metrics-server");
        assertThat(ServerArguments.disable(Optional.empty(), List.of()))
                .containsExactly(
                        "--disable=local-storage",
                        "--disable=metrics-server",
                        "--disable=servicelb",
                        "--disable=traefik");
        assertThat(ServerArguments.disable(Optional.of(List.of()), List.of("metrics-server")))
                .isEmpty();
    }

    private static List<String> kinds(List<String> line) {
        return line.stream().map(flag -> flag.split("=")[0]).toList();
    }
}
