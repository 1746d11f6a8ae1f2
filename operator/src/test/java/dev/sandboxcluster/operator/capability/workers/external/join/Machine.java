package dev.sandboxcluster.operator.capability.workers.external.join;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A directory that looks like a machine on which everything is well: what scripts read of it stands in files, and
 * commands that would change the real one are replaced. Scripts run in it for real.
 */
final class Machine {

    private static final int PATIENCE_SECONDS = 60;
    private static final String[] REAL_DIRECTORIES = {"/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"};

    /** All that scripts need of a machine, and the clients of which they need one. */
    private static final List<String> REAL_COMMANDS = List.of(
            "cat",
            "chmod",
            "cp",
            "curl",
            "cut",
            "date",
            "dirname",
            "grep",
            "ln",
            "ls",
            "mkdir",
            "mktemp",
            "mv",
            "openssl",
            "rm",
            "sed",
            "sh",
            "sha256sum",
            "sleep",
            "tail",
            "timeout",
            "tr",
            "wc",
            "wget");

    /** What a script said, and its exit code. */
    record Result(int exitCode, String output) {}

    private final Path root;
    private final List<String> shell;

    Machine(Path root) {
        this(root, List.of("sh"));
    }

    Machine(Path root, List<String> shell) {
        this.root = root;
        this.shell = shell;
        REAL_COMMANDS.forEach(this::realCommand);
        file("proc/version", "Linux version 6.1.0 (builder@example.com)\n");
        file("proc/self/mountinfo", "22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n");
        file("proc/self/status", "Name:\tsh\nCapEff:\t000001ffffffffff\n");
        file("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n");
        file("proc/net/tcp", "  sl  local_address rem_address   st\n");
        file("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids rdma\n");
        file("dev/kmsg", "");
        socket("run/containerd/containerd.sock");
        command("id", "echo 0");
        command("dmesg", "echo '[    0.000000] Linux version 6.1.0'");
        command("uname", "case $1 in -n) echo Machine-1 ;; -m) echo x86_64 ;; *) echo Linux ;; esac");
        command("mount", "echo mount \"$@\" >>" + root + "/commands; exit 1");
    }

    Path root() {
        return root;
    }

    /** Writes a file, the path without a leading slash. */
    Path file(String name, String content) {
        try {
            Path file = root.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void socket(String name) {
        Path file = root.resolve(name);
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Files.createDirectories(file.getParent());
            channel.bind(UnixDomainSocketAddress.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String read(String name) {
        try {
            return Files.readString(root.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean has(String name) {
        return Files.exists(root.resolve(name));
    }

    String permissions(String name) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void remove(String name) {
        try {
            Files.delete(root.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every file, and nothing of what the tests put beside them. */
    List<String> files() {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .filter(file -> !file.startsWith("bin/"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts a command before all others of its name. */
    void command(String name, String body) {
        try {
            Path file = file("bin/" + name, "#!/bin/sh\n" + body + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Leaves out commands that scripts make use of where they are. */
    void hide(String... names) {
        try {
            for (String name : names) {
                Files.deleteIfExists(root.resolve("bin/real").resolve(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Not by symbolic links: some executables ask for the name that they are called by. */
    private void realCommand(String name) {
        Stream.of(REAL_DIRECTORIES)
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .ifPresent(real -> command("real/" + name, "exec " + real + " \"$@\""));
    }

    /** Runs a script to its end. */
    Result run(String script, String... arguments) {
        Process process = start(script, arguments);
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("took more than " + PATIENCE_SECONDS + " s: " + read("tmp/output"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return new Result(process.exitValue(), read("tmp/output"));
    }

    /** Starts a script; what it says goes into the file {@code tmp/output}. */
    Process start(String script, String... arguments) {
        List<String> command = new ArrayList<>(shell);
        command.add(file("tmp/script.sh", script).toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("tmp/output").toFile());
        builder.environment().clear();
        builder.environment().put("PATH", root.resolve("bin") + ":" + root.resolve("bin/real"));
        builder.environment().put("SANDBOXCLUSTER_ROOT", root.toString());
        builder.environment().put("TMPDIR", root.resolve("tmp").toString());
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
