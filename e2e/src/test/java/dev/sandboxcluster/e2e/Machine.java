package dev.sandboxcluster.e2e;

import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;

/** A machine that somebody lets join a sandbox. */
record Machine(String name, String address) {

    private static final String UNIT = "join";

    /** A new one; with {@code --nat} behind a router that lets no connection in. */
    static Machine start(String name, String... options) {
        Testbed.worker("down", name).run();
        return new Machine(
                name, Testbed.worker("up", name).with(options).run().ok().strip());
    }

    void end() {
        Testbed.worker("down", name).run();
    }

    Command.Result run(String... command) {
        return Testbed.worker("exec", name).with(command).run();
    }

    Command.Result script(String script, String... arguments) {
        return Testbed.worker("exec", name, "sh", "-c", script, "sh")
                .with(arguments)
                .run();
    }

    /** The one line of a join Secret, typed here. It goes on in the background. */
    void join(Secret bundle, String... options) {
        Testbed.worker("stop", name, UNIT).run().ok();
        Testbed.worker(
                        "start",
                        name,
                        UNIT,
                        "sh",
                        "-c",
                        Sandbox.value(bundle, "command") + " --foreground --node-ip " + address + " "
                                + String.join(" ", options))
                .run()
                .ok();
    }

    /** Whether a join Secret's script sees anything in the way. */
    Command.Result check(Secret bundle) {
        return script(Sandbox.value(bundle, "join.sh"), "--check");
    }

    /** The leave script of a join Secret. */
    String leave(Secret bundle) {
        return script(Sandbox.value(bundle, "leave.sh")).ok();
    }

    /** What was said since the machine joined. */
    String log() {
        return Testbed.worker("logs", name, UNIT).run().output();
    }

    /** {@code kubectl} here, with the credentials of the node. */
    Command.Result kubectl(String... words) {
        return Testbed.worker("exec", name, "kubectl", "--kubeconfig=/var/lib/kubelet/kubeconfig")
                .with(words)
                .run(Duration.ofSeconds(30));
    }
}
