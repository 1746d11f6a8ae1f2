package dev.sandboxcluster.e2e.bench;

import static dev.sandboxcluster.e2e.bench.Lab.say;

import dev.sandboxcluster.e2e.Bed;
import dev.sandboxcluster.e2e.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A sandbox with three simulated workers beside one without; and one with a thousand, full of pods. */
final class SimulatedMeasurement {

    private static final String PLAIN = "expose: {type: NodePort}";
    private static final String SIMULATED = PLAIN + ", workers: {simulated: {count: 3}}";

    private static final int NODES = 1000;
    private static final int DEPLOYMENTS = 100;
    private static final int REPLICAS = 100;
    private static final Duration LONG = Duration.ofMinutes(45);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);
    private static final String CROWDED = "expose: {type: NodePort},"
            + " controlPlane: {resources: {requests: {cpu: 100m}, limits: {memory: 8Gi}}},"
            + " workers: {simulated: {count: %d}}".formatted(NODES);

    private final Lab lab;

    SimulatedMeasurement(Lab lab) {
        this.lab = lab;
    }

    void measure(int runs, Table table) throws IOException {
        Samples plainReady = Samples.of();
        Samples ready = Samples.of();
        Samples installed = Samples.of();
        Path charts = Files.createTempDirectory("bench");
        for (int run = 1; run <= runs; run++) {
            Stopwatch stopwatch = Stopwatch.start();
            start("plain-" + run, PLAIN);
            plainReady.add(stopwatch.seconds());
            stopwatch = Stopwatch.start();
            Sandbox sandbox = start("simulated-" + run, SIMULATED);
            ready.add(stopwatch.seconds());
            install(charts.resolve("hello-" + run), sandbox);
            installed.add(stopwatch.seconds());
            start("unused-" + run, SIMULATED);
            say(
                    "simulated: run %d of %d: Ready after %.3f s, without workers %.3f s, a chart after %.3f s",
                    run, runs, ready.last(), plainReady.last(), installed.last());
        }
        table.row("a sandbox without workers: `kubectl apply` → Ready", plainReady, "%.2f", "s");
        table.row("with 3 simulated workers: `kubectl apply` → Ready", ready, "%.2f", "s");
        table.row("difference", ready.minus(plainReady), "%+.2f", "s");
        table.row("`kubectl apply` → the first `helm install --wait` is done", installed, "%.2f", "s");
        Lab.IdleMinute idle = lab.idleMinute("simulated: one idle minute");
        besides("3 simulated workers", "unused", runs, idle, table);
        besides("3 simulated workers and a chart", "simulated", runs, idle, table);
    }

    private static void besides(String what, String name, int runs, Lab.IdleMinute idle, Table table) {
        Samples memory = Samples.of();
        Samples cpu = Samples.of();
        for (int run = 1; run <= runs; run++) {
            String pod = name + "-" + run + "-0";
            String plain = "plain-" + run + "-0";
            memory.add(idle.before().memory(Lab.NAMESPACE, pod) - idle.before().memory(Lab.NAMESPACE, plain));
            cpu.add(milliCpu(idle, pod) - milliCpu(idle, plain));
        }
        table.row(what + ": memory besides", memory, "%.0f", "MiB", "goal ≤ 40 MiB");
        table.row(what + ": idle CPU besides", cpu, "%.1f", "mCPU", "goal ≤ 15 mCPU");
    }

    private static double milliCpu(Lab.IdleMinute idle, String pod) {
        return idle.after().cpuSince(idle.before(), Lab.NAMESPACE, pod) / 60 * 1000;
    }

    /** Ends when it is Ready. */
    private Sandbox start(String name, String spec) {
        return lab.apply(name, spec).awaitReady(Lab.PATIENCE);
    }

    private static void install(Path chart, Sandbox sandbox) {
        Path kubeconfig = sandbox.kubeconfig();
        Bed.helm(kubeconfig, "create", chart.toString()).run().ok();
        Bed.helm(kubeconfig, "install", "hello", chart.toString(), "--wait", "--timeout=1m")
                .run(Lab.PATIENCE)
                .ok();
    }

    /** One run. */
    void measureCrowd(Table table) {
        Stopwatch stopwatch = Stopwatch.start();
        Sandbox sandbox = lab.apply("crowd", CROWDED).awaitReady(LONG);
        table.row(NODES + " simulated nodes: `kubectl apply` → Ready", Samples.of(stopwatch.seconds()), "%.0f", "s");
        takes("%d simulated nodes, idle".formatted(NODES), table);
        Path kubeconfig = sandbox.kubeconfig();
        stopwatch = Stopwatch.start();
        Bed.kubectl(kubeconfig, "create", "--filename=" + Sandbox.write(deployments()))
                .run(Lab.PATIENCE)
                .ok();
        int pods = DEPLOYMENTS * REPLICAS;
        int ready = 0;
        while (ready < pods && stopwatch.seconds() < LONG.toSeconds()) {
            Lab.pause(BETWEEN_LOOKS);
            ready = ready(kubeconfig);
            say("crowd: %d of %d pods are ready after %.0f s", ready, pods, stopwatch.seconds());
        }
        table.row(
                "%d pods on them: created → %d Ready".formatted(pods, ready),
                Samples.of(stopwatch.seconds()),
                "%.0f",
                "s");
        takes("%d simulated nodes with %d pods, idle".formatted(NODES, ready), table);
    }

    private void takes(String what, Table table) {
        Lab.IdleMinute idle = lab.idleMinute("crowd: a minute");
        table.row(what + ": memory", Samples.of(idle.before().memory(Lab.NAMESPACE, "crowd-0")), "%.0f", "MiB");
        table.row(what + ": CPU", Samples.of(milliCpu(idle, "crowd-0")), "%.0f", "mCPU");
    }

    private static int ready(Path kubeconfig) {
        return Bed.kubectl(kubeconfig, "get", "deployments", "--output=jsonpath={.items[*].status.readyReplicas}")
                .run(Lab.PATIENCE)
                .output()
                .lines()
                .flatMap(line -> Arrays.stream(line.split(" ")))
                .filter(number -> number.matches("[0-9]+"))
                .mapToInt(Integer::parseInt)
                .sum();
    }

    private static String deployments() {
        return IntStream.rangeClosed(1, DEPLOYMENTS)
                .mapToObj(number -> """
                        apiVersion: apps/v1
                        kind: Deployment
                        metadata: {name: crowd-%1$d}
                        spec:
                          replicas: %2$d
                          selector: {matchLabels: {app: crowd-%1$d}}
                          template:
                            metadata: {labels: {app: crowd-%1$d}}
                            spec: {containers: [{name: one, image: registry.invalid/one}]}
                        """.formatted(number, REPLICAS))
                .collect(Collectors.joining("---\n"));
    }
}
