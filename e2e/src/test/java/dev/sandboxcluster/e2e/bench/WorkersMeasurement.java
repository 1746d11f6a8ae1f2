package dev.sandboxcluster.e2e.bench;

import static dev.sandboxcluster.e2e.bench.Lab.say;
import static dev.sandboxcluster.e2e.bench.Lab.waitFor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.e2e.Bed;
import dev.sandboxcluster.e2e.Command;
import dev.sandboxcluster.e2e.Machine;
import dev.sandboxcluster.e2e.Sandbox;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesListBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** A machine with the agent or kubelet that the sandboxes' control plane takes; then nodes that kwok simulates. */
final class WorkersMeasurement {

    private static final String NAME = "workers";
    private static final String MACHINE = "bench";
    private static final List<Integer> SIMULATED = List.of(2, 10, 50);
    private static final int COPIED_BYTES = 100_000_000;
    private static final Duration LONG = Duration.ofMinutes(10);

    private static final String SPEC = "storage: {type: Persistent}, network: {flannelBackend: none},"
            + " expose: {type: NodePort, nodePort: {hostName: %s}},"
            + " controlPlane: {disable: [local-storage, metrics-server, servicelb, traefik]},"
            + " workers: {external: {enabled: true, bootstrap: %s}}";

    private static final String FILES = """
            apiVersion: v1
            kind: Pod
            metadata: {name: files}
            spec:
              nodeName: %s
              tolerations: [{operator: Exists}]
              containers: [{name: files, image: "sandboxcluster.test/busybox:1", command: [sleep, "100000"]}]
            """.formatted(MACHINE);

    private final Lab lab;
    private final Samples join = Samples.of();
    private final Samples copyTo = Samples.of();
    private final Samples copyFrom = Samples.of();
    private final Samples lostApi = Samples.of();
    private final Samples lostExec = Samples.of();

    WorkersMeasurement(Lab lab) {
        this.lab = lab;
    }

    void measure(int runs, Table table) throws IOException {
        boolean standIn = lab.host().controlPlane().standIn();
        Sandbox sandbox = lab.apply(NAME, SPEC.formatted(lab.host().nodeAddress(), standIn ? "KubeletTLS" : "K3sAgent"))
                .awaitReady(Lab.PATIENCE);
        waitFor("a join Secret", () -> sandbox.secret("-join") != null);
        Path kubeconfig = sandbox.kubeconfig();
        Machine machine = Machine.start(MACHINE);
        for (int run = 1; run <= runs; run++) {
            join.add(timeJoin(sandbox, kubeconfig, standIn ? Machine.KUBELET : Machine.AGENT));
            say("workers: run %d of %d: the node Ready after %.3f s", run, runs, join.last());
            if (run < runs) {
                leave(sandbox, kubeconfig, machine);
            }
        }
        measureUse(runs, kubeconfig);
        leave(sandbox, kubeconfig, machine);
        table.row("a machine joins: the command → node Ready", join, "%.1f", "s");
        table.row("`kubectl cp` of 100 MB to a pod", copyTo, "%.1f", "s");
        table.row("`kubectl cp` of 100 MB from a pod", copyFrom, "%.1f", "s");
        table.row("the sandbox's pod lost: API again", lostApi, "%.1f", "s");
        table.row("the sandbox's pod lost: exec in a pod again", lostExec, "%.1f", "s");
        measureSimulatedNodes(kubeconfig, table);
    }

    private static double timeJoin(Sandbox sandbox, Path kubeconfig, String arguments) {
        String command = Sandbox.value(sandbox.secret("-join"), "command") + " --foreground " + arguments;
        Stopwatch stopwatch = Stopwatch.start();
        Bed.worker("start", MACHINE, "join", "sh", "-c", command).run().ok();
        Bed.worker("pod-network", kubeconfig.toString(), MACHINE)
                .run(Lab.PATIENCE)
                .ok();
        await(kubeconfig, "node/" + MACHINE);
        return stopwatch.seconds();
    }

    private static void leave(Sandbox sandbox, Path kubeconfig, Machine machine) {
        machine.leave(sandbox.secret("-join"));
        Bed.kubectl(kubeconfig, "delete", "node", MACHINE).run().ok();
    }

    private void measureUse(int runs, Path kubeconfig) throws IOException {
        Bed.kubectl(kubeconfig, "apply", "--filename=" + Sandbox.write(FILES))
                .run()
                .ok();
        await(kubeconfig, "pod/files");
        Path file = Files.createTempFile("bench", ".100MB");
        Path back = Files.createTempFile("bench", ".back");
        try {
            byte[] content = new byte[COPIED_BYTES];
            new Random().nextBytes(content);
            Files.write(file, content);
            for (int run = 1; run <= runs; run++) {
                copyTo.add(timeCopy(kubeconfig, file.toString(), "files:/tmp/100MB"));
                copyFrom.add(timeCopy(kubeconfig, "files:/tmp/100MB", back.toString()));
                assertThat(Files.mismatch(file, back)).isEqualTo(-1);
                timeLoss(kubeconfig);
                say("workers: run %d of %d: exec again after %.3f s", run, runs, lostExec.last());
            }
        } finally {
            Files.delete(file);
            Files.delete(back);
        }
    }

    private static double timeCopy(Path kubeconfig, String from, String to) {
        Stopwatch stopwatch = Stopwatch.start();
        Bed.kubectl(kubeconfig, "cp", from, to).run(LONG).ok();
        return stopwatch.seconds();
    }

    private void timeLoss(Path kubeconfig) {
        String pod = pod();
        Stopwatch stopwatch = Stopwatch.start();
        lab.kubectl("delete", "pod", NAME + "-0", "--force", "--grace-period=0")
                .run()
                .ok();
        waitFor("another pod", () -> !pod().equals(pod));
        waitFor("the API", () -> works(kubeconfig, "get", "--raw", "/readyz"));
        lostApi.add(stopwatch.seconds());
        waitFor("exec", () -> works(kubeconfig, "exec", "files", "--", "true"));
        lostExec.add(stopwatch.seconds());
    }

    private String pod() {
        return lab.kubectl("get", "pod", NAME + "-0", "--output=jsonpath={.metadata.uid}")
                .run()
                .output();
    }

    private static boolean works(Path kubeconfig, String... words) {
        return Bed.kubectl(kubeconfig, "--request-timeout=5s").with(words).run().exitCode() == 0;
    }

    /** One sample each: the sandbox's memory grows and does not shrink again. */
    private void measureSimulatedNodes(Path kubeconfig, Table table) throws IOException {
        Command kwok = Bed.kwok(kubeconfig, "nodes")
                .with("--manage-all-nodes=true", "--node-lease-duration-seconds=40", "--server-address=");
        try (Command.Running simulation = kwok.start()) {
            int before = 0;
            for (int nodes : SIMULATED) {
                create(kubeconfig, before + 1, nodes);
                before = nodes;
                assertThat(awaiting(kubeconfig, "nodes", "--all").run().exitCode())
                        .as(simulation::output)
                        .isZero();
                Lab.IdleMinute idle = lab.idleMinute("workers: a minute with " + nodes + " simulated nodes");
                String what = "a sandbox with " + nodes + " simulated nodes: ";
                table.row(what + "memory", Samples.of(idle.before().memory(Lab.NAMESPACE, NAME + "-0")), "%.0f", "MiB");
                table.row(
                        what + "CPU time a minute",
                        Samples.of(idle.after().cpuSince(idle.before(), Lab.NAMESPACE, NAME + "-0")),
                        "%.1f",
                        "s");
            }
        }
    }

    private static void create(Path kubeconfig, int first, int last) {
        List<HasMetadata> nodes = IntStream.rangeClosed(first, last)
                .<HasMetadata>mapToObj(number -> new NodeBuilder()
                        .withNewMetadata()
                        .withName("simulated-" + number)
                        .endMetadata()
                        .build())
                .toList();
        String list = Serialization.asYaml(
                new KubernetesListBuilder().addAllToItems(nodes).build());
        Bed.kubectl(kubeconfig, "create", "--filename=" + Sandbox.write(list))
                .run()
                .ok();
    }

    private static void await(Path kubeconfig, String what) {
        awaiting(kubeconfig, what).run(Lab.PATIENCE.plusMinutes(1)).ok();
    }

    private static Command awaiting(Path kubeconfig, String... what) {
        return Bed.kubectl(kubeconfig, "wait")
                .with(what)
                .with("--for=condition=Ready", "--timeout=" + Lab.PATIENCE.toSeconds() + "s");
    }

    /** The machine goes, whatever has become of it. */
    static void endMachine() {
        Bed.worker("down", MACHINE).run();
    }
}
