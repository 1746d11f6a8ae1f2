package dev.sandboxcluster.operator.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code kubectl sandbox} says to who calls it wrongly, or asks how to. No cluster is there. */
class PluginUsageTest {

    private static final List<String> COMMANDS = List.of(
            "create",
            "list",
            "kubeconfig",
            "shell",
            "extend",
            "suspend",
            "resume",
            "doctor",
            "support-bundle",
            "delete");

    @TempDir
    private Path directory;

    @Test
    void helpOfEveryCommand() {
        Plugin.underEveryShell(directory).forEach(plugin -> {
            assertThat(plugin.run("--help").ok()).contains(COMMANDS);
            COMMANDS.forEach(command -> {
                assertThat(plugin.run(command, "--help").ok()).startsWith("usage: kubectl sandbox " + command);
                assertThat(plugin.run("-h", command).ok()).startsWith("usage: kubectl sandbox " + command);
            });
        });
    }

    @Test
    void misuse() {
        Plugin.underEveryShell(directory).forEach(plugin -> {
            misuse(plugin, "a command is missing");
            misuse(plugin, "there is no command \"creat\"", "creat");
            misuse(plugin, "there is no command \"\"", "");
            misuse(plugin, "--namespace needs a value", "list", "--namespace");
            misuse(plugin, "NAME is missing", "create");
            misuse(plugin, "NAME is missing", "create", "--ttl", "1h");
            misuse(plugin, "one NAME is enough", "create", "a", "b");
            misuse(plugin, "can't be the name", "create", "A");
            misuse(plugin, "can't be the name", "delete", "a", "a/b");
            misuse(plugin, "can't be the name", "shell", "$(id)");
            misuse(plugin, "unknown option --versoin", "create", "a", "--versoin", "x");
            misuse(plugin, "--ttl needs a value", "create", "a", "--ttl");
            misuse(plugin, "--ttl needs a value", "create", "a", "--ttl=");
            misuse(plugin, "--ttl needs a duration", "create", "a", "--ttl", "2d");
            misuse(plugin, "--ttl needs a duration", "create", "a", "--ttl=0h");
            misuse(plugin, "--timeout needs a duration", "resume", "a", "--timeout", "5");
            misuse(plugin, "--expose is one of ClusterIP NodePort LoadBalancer", "create", "a", "--expose=nodeport");
            misuse(plugin, "--storage is one of", "create", "a", "--storage", "Some");
            misuse(plugin, "--size goes with", "create", "a", "--storage", "Ephemeral", "--size", "1Gi");
            misuse(plugin, "--version can't be", "create", "a", "--version", "v1\"\nspec: x");
            misuse(plugin, "exclude each other", "create", "a", "-o", "f", "--no-kubeconfig");
            misuse(plugin, "exclude each other", "kubeconfig", "a", "-of", "--merge");
            misuse(plugin, "NAME and DURATION are needed", "extend", "a");
            misuse(plugin, "DURATION needs a duration", "extend", "a", "2m1h");
            misuse(plugin, "-- comes before a command", "shell", "a", "kubectl");
            misuse(plugin, "a command comes after --", "shell", "a", "--");
            misuse(plugin, "unknown option --", "doctor", "a", "--");
        });
    }

    private static void misuse(Plugin plugin, String message, String... words) {
        Plugin.Result result = plugin.run(words);
        assertThat(result.errors())
                .as("%s: %s", plugin.name(), String.join(" ", words))
                .startsWith("error: ")
                .contains(message)
                .contains("See: kubectl sandbox");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.output()).isEmpty();
    }
}
