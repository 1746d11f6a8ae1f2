package dev.sandboxcluster.e2e;

import io.fabric8.kubernetes.api.model.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A machine that somebody lets join a sandbox.
 *
 * @param systemd whether systemd runs on it, so that what joins is services of it
 */
public record Machine(String name, String address, boolean systemd) {

    /**
     * Of a join script's arguments, for a kubelet: how full the disk is that all machines share with the one that runs the
     * tests is nothing that a scenario depends on.
     */
    public static final String KUBELET = "-- " + onAnyDisk("--");

    /** The same for a k3s agent, on the machine's own container runtime: none there may lower its oom_score_adj. */
    public static final String AGENT =
            "-- --container-runtime-endpoint=unix:///run/containerd/containerd.sock " + onAnyDisk("--kubelet-arg=");

    private static final String UNIT = "join";
    private static final Path SYSTEMD = Path.of("/lib/systemd/systemd");

    private static String onAnyDisk(String flag) {
        return "'%1$seviction-hard=memory.available<100Mi' %1$simage-gc-high-threshold=100 %1$simage-gc-low-threshold=99"
                .formatted(flag);
    }

    /** A new one; with {@code --nat} behind a router that lets no connection in. */
    public static Machine start(String name, String... options) {
        Bed.worker("down", name).run();
        String address = Bed.worker("up", name)
                .with(options)
                .run(Duration.ofMinutes(4))
                .ok()
                .strip();
        return new Machine(name, address, List.of(options).contains("--systemd"));
    }

    /** A new one, with systemd where the machine that runs the tests has it. */
    static Machine startWithSystemd(String name) {
        if (Files.isExecutable(SYSTEMD)) {
            return start(name, "--systemd");
        }
        System.out.printf("No %s here: %s joins without it%n", SYSTEMD, name);
        return start(name);
    }

    public void end() {
        Bed.worker("down", name).run();
    }

    Command.Result run(String... command) {
        return Bed.worker("exec", name).with(command).run();
    }

    Command.Result script(String script, String... arguments) {
        return Bed.worker("exec", name, "sh", "-c", script, "sh")
                .with(arguments)
                .run();
    }

    /** The one line of a join Secret, typed here. It goes on in the background. */
    void join(Secret bundle, String... options) {
        Bed.worker("stop", name, UNIT).run().ok();
        Bed.worker(
                        "start",
                        name,
                        UNIT,
                        "sh",
                        "-c",
                        Sandbox.value(bundle, "command") + (systemd ? "" : " --foreground") + " --node-ip " + address
                                + " " + String.join(" ", options))
                .run()
                .ok();
    }

    /** Whether a join Secret's script sees anything in the way. */
    Command.Result check(Secret bundle) {
        return script(Sandbox.value(bundle, "join.sh"), "--check");
    }

    /** The leave script of a join Secret. */
    public String leave(Secret bundle) {
        return script(Sandbox.value(bundle, "leave.sh")).ok();
    }

    /** What was said since the machine joined. */
    String log() {
        return Bed.worker("logs", name, UNIT).run().output();
    }

    /** {@code kubectl} here, with a kubeconfig that is here. */
    Command.Result kubectl(String kubeconfig, String... words) {
        return Bed.worker("exec", name, "kubectl", "--kubeconfig=" + kubeconfig)
                .with(words)
                .run(Duration.ofSeconds(30));
    }
}
