package dev.sandboxcluster.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command that a user types. */
public record Command(List<String> words, Map<String, String> environment) {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** What a command printed and how it ended. */
    public record Result(int exitCode, String output, String errors) {

        /** The output of a command that must succeed. */
        public String ok() {
            if (exitCode != 0) {
                throw new AssertionError("exit code " + exitCode + "\n" + output + "\n" + errors);
            }
            return output;
        }
    }

    public static Command of(String... words) {
        return new Command(List.of(words), Map.of());
    }

    /** The same with further words. */
    public Command with(String... more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return new Command(all, environment);
    }

    /** The same with a variable in its environment. */
    Command where(String variable, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, value);
        return new Command(words, more);
    }

    /** Runs it; ended after two minutes. */
    public Result run() {
        return run(LIMIT);
    }

    public Result run(Duration limit) {
        try {
            Path output = Files.createTempFile("command", ".out");
            Path errors = Files.createTempFile("command", ".err");
            try {
                ProcessBuilder builder = new ProcessBuilder(words)
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                process.getOutputStream().close();
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly().waitFor();
                    throw new AssertionError(String.join(" ", words) + " did not end within " + limit + "\n"
                            + Files.readString(output) + Files.readString(errors));
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

    /** Starts it, and lets it run until it is closed. */
    public Running start() {
        try {
            Path output = Files.createTempFile("command", ".out");
            ProcessBuilder builder =
                    new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            return new Running(builder.start(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A command that runs.
     *
     * @param written what it prints
     */
    public record Running(Process process, Path written) implements AutoCloseable {

        public String output() {
            try {
                return Files.readString(written);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
            Files.delete(written);
        }
    }

    /** The same, ended when this time is over. */
    public Command within(Duration limit) {
        List<String> limited = new ArrayList<>(List.of("timeout", Long.toString(limit.toSeconds())));
        limited.addAll(words);
        return new Command(limited, environment);
    }

    /** Starts it, to read what it prints line by line. */
    public Followed follow() {
        try {
            ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            return new Followed(process, process.inputReader());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A command that runs, and what it prints.
     *
     * @param lines those that were not read yet
     */
    public record Followed(Process process, BufferedReader lines) implements AutoCloseable {

        /**
         * Reads until a line.
         *
         * @return whether it came before the command ended
         */
        public boolean await(String line) {
            try {
                String read = lines.readLine();
                while (read != null && !read.equals(line)) {
                    read = lines.readLine();
                }
                return read != null;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    /** Runs it with its output visible: for what takes long. */
    void runVisibly(Duration limit) {
        try {
            ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException(String.join(" ", words) + " did not end within " + limit);
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException(
                        String.join(" ", words) + " ended with exit code " + process.exitValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
