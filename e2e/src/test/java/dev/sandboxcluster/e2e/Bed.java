package dev.sandboxcluster.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The commands of {@code e2e/testbed}, and the tools that it built. */
public final class Bed {

    private static final Path DIRECTORY = Path.of(System.getProperty("testbed.dir"));
    private static final Path BIN = DIRECTORY.resolve(".state/bin");
    private static final Duration COLD = Duration.ofMinutes(60);

    private Bed() {}

    public static boolean isUp() {
        return command("kubeconfig").run().exitCode() == 0;
    }

    static void up() {
        command("up").runVisibly(COLD);
    }

    static void down() {
        command("down").runVisibly(Duration.ofMinutes(3));
    }

    /** Gives the host cluster's own pods one of the images that hosted nodes are given. */
    static void loadNodeImage(String name) {
        loadImage(DIRECTORY.resolve(".state/images/" + name + ".tar").toString());
    }

    static void loadImage(String archive) {
        command("load-image", archive).run().ok();
    }

    /** {@code kubectl} with this kubeconfig. */
    public static Command kubectl(Path kubeconfig, String... words) {
        return tool("kubectl", kubeconfig).with(words);
    }

    /** {@code kubectl sandbox} with this kubeconfig, as one has it whose PATH leads to the plugin. */
    static Command sandboxPlugin(Path kubeconfig, String... words) {
        return kubectl(kubeconfig, "sandbox")
                .where("PATH", DIRECTORY.resolve("../../plugin") + ":" + BIN + ":" + System.getenv("PATH"))
                .with(words);
    }

    /** A script, say, that calls kubectl and helm. */
    static Command withTools(Command command) {
        return command.where("PATH", BIN + ":" + System.getenv("PATH"));
    }

    public static Command helm(Path kubeconfig, String... words) {
        return tool("helm", kubeconfig).with(words);
    }

    /**
     * {@code kwok}; it must have been built.
     *
     * @param simulated {@code nodes}, {@code pods} that run on them
     */
    public static Command kwok(Path kubeconfig, String... simulated) {
        return tool("kwok", kubeconfig)
                .with("--kubeconfig=" + kubeconfig)
                .with(Stream.of(simulated)
                        .map(what -> "--config=" + DIRECTORY.resolve("go/kwok/" + what + ".yaml"))
                        .toArray(String[]::new));
    }

    /** {@code helm} without a cluster. */
    static Command helm() {
        command("build", "tools").runVisibly(COLD);
        return Command.of(BIN.resolve("helm").toString());
    }

    /** {@code e2e/demo} on the cluster of this kubeconfig. */
    static Command demo(Path kubeconfig, String... words) {
        return Command.of(DIRECTORY.resolveSibling("demo").toString())
                .with("--kubeconfig", kubeconfig.toString())
                .with(words);
    }

    /** {@code e2e/former-release}. */
    static Command formerRelease() {
        return Command.of(DIRECTORY.resolveSibling("former-release").toString());
    }

    /** {@code worker} of the test bed. */
    public static Command worker(String... words) {
        return command("worker", words);
    }

    /** Gives a hosted node the images that it would pull elsewhere. */
    static void nodeImages(String namespace, String pod) {
        command("node-images", namespace, pod).run().ok();
    }

    /** {@code small-volume} of the test bed. */
    static Command smallVolume(String... words) {
        return command("small-volume", words);
    }

    private static Command tool(String name, Path kubeconfig) {
        return new Command(List.of(BIN.resolve(name).toString()), Map.of("KUBECONFIG", kubeconfig.toString()));
    }

    static Command command(String name, String... words) {
        return Command.of(DIRECTORY.resolve(name).toString()).with(words);
    }
}
