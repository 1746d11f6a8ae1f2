package dev.sandboxcluster.operator.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code kubectl sandbox} under one shell, as a user of {@code home} has it, with {@code home/.kube/config}.
 *
 * @param name what the shell is called
 * @param shell the shell's words
 * @param path where it finds its tools
 */
public record Plugin(String name, List<String> shell, String path, Path home) {

    private static final Path SCRIPT =
            Path.of("../plugin/kubectl-sandbox").toAbsolutePath().normalize();
    private static final Path BUILT = Path.of(System.getProperty("testbed.dir", "../e2e/testbed"), ".state")
            .toAbsolutePath()
            .normalize();

    /** How it ended, and what it said. */
    public record Result(int exitCode, String output, String errors) {

        /** What it printed, having succeeded. */
        public String ok() {
            if (exitCode != 0) {
                throw new AssertionError("exit code " + exitCode + "\n" + output + "\n" + errors);
            }
            return output;
        }
    }

    /** Under the shells that are there: {@code sh}, bash, and busybox with no other tools than its own. */
    public static Stream<Plugin> underEveryShell(Path directory) {
        return Stream.of(
                        Optional.of(of(directory)),
                        Optional.of(of("bash", List.of("bash", "--posix"), directory)),
                        busybox(directory))
                .flatMap(Optional::stream);
    }

    /** Under {@code sh}. */
    public static Plugin of(Path directory) {
        return of("sh", List.of("sh"), directory);
    }

    private static Plugin of(String name, List<String> shell, Path directory) {
        return new Plugin(
                name,
                shell,
                tools(directory, "kubectl-tools").toString() + ":" + System.getenv("PATH"),
                home(directory));
    }

    private static Optional<Plugin> busybox(Path directory) {
        return Stream.of(BUILT.resolve("bin/busybox"), BUILT.resolve("debian/bin/busybox"), Path.of("/bin/busybox"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(busybox -> {
                    Path tools = tools(directory, "busybox-tools");
                    String own = copy(busybox, tools.resolve("busybox")).toString();
                    run(List.of(own, "--install", tools.toString()), List.of()).ok();
                    return new Plugin(
                            "busybox", List.of(tools.resolve("sh").toString()), tools.toString(), home(directory));
                });
    }

    private static Path home(Path directory) {
        try {
            Files.createDirectories(directory.resolve("home/.kube"));
            return directory.resolve("home");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A directory with kubectl, and the plugin as it is installed. */
    private static Path tools(Path directory, String name) {
        try {
            Path tools = directory.resolve(name);
            if (!Files.exists(tools)) {
                Files.createDirectory(tools);
                Path kubectl = tools.resolve("kubectl");
                Files.writeString(kubectl, "#!/bin/sh\nexec " + BUILT.resolve("bin/kubectl") + " \"$@\"\n");
                kubectl.toFile().setExecutable(true);
                copy(SCRIPT, tools.resolve("kubectl-sandbox"));
                Files.createSymbolicLink(tools.resolve("kubectl_complete-sandbox"), Path.of("kubectl-sandbox"));
            }
            return tools;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path copy(Path file, Path to) {
        try {
            return Files.exists(to) ? to : Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code kubectl sandbox WORD...}. */
    public Result run(String... words) {
        List<String> command = new ArrayList<>(shell);
        command.add(SCRIPT.toString());
        command.addAll(List.of(words));
        return runs(command);
    }

    /** Some other command of the same user. */
    public Result runs(List<String> command) {
        return run(command, List.of("PATH=" + path, "HOME=" + home, "SHELL=/bin/sh"));
    }

    /** A process sees these variables alone: its user has no other kubeconfig. */
    private static Result run(List<String> command, List<String> environment) {
        try {
            Path output = Files.createTempFile("plugin", ".out");
            Path errors = Files.createTempFile("plugin", ".err");
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile());
                builder.environment().clear();
                environment.forEach(
                        variable -> builder.environment().put(variable.split("=", 2)[0], variable.split("=", 2)[1]));
                Process process = builder.start();
                process.getOutputStream().close();
                if (!process.waitFor(1, TimeUnit.MINUTES)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly().waitFor();
                    throw new AssertionError(String.join(" ", command) + " did not end\n" + Files.readString(output)
                            + Files.readString(errors));
                }
                return new Result(process.exitValue(), Files.readString(output), Files.readString(errors));
            } finally {
                Files.delete(output);
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
