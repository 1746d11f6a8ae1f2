package dev.sandboxcluster.operator.k3s;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ServerArgumentsTest {

    private static final List<String> FLAGS = Stream.of(
                    ServerArguments.common(),
                    ServerArguments.token(),
                    ServerArguments.network("10.52.0.0/16", "10.53.0.0/16"),
                    ServerArguments.ownAddress("10.96.0.7"),
                    ServerArguments.servingNames(List.of("b.example.com", "a.example.com")),
                    ServerArguments.disable(WorkerKind.AGENTS.disabledByDefault()),
                    ServerArguments.workers(WorkerKind.AGENTS, "vxlan"))
            .flatMap(List::stream)
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

    private static List<String> kinds(List<String> line) {
        return line.stream().map(flag -> flag.split("=")[0]).toList();
    }
}
