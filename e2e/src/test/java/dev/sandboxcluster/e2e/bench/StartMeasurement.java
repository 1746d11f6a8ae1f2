package dev.sandboxcluster.e2e.bench;

import static dev.sandboxcluster.e2e.bench.Lab.say;

import dev.sandboxcluster.e2e.Bed;
import dev.sandboxcluster.e2e.Command;
import dev.sandboxcluster.e2e.Sandbox;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The time from {@code kubectl apply} until one process that was there before it has seen the end: kubectl watching, or
 * curl asking over a connection that it keeps. The two are made in turns, and which is first changes.
 */
final class StartMeasurement {

    private static final String READY = "--output=jsonpath={.status.conditions[?(@.type==\"Ready\")].status}{\"\\n\"}";

    /** Until the process that is to see the end has begun to look. */
    private static final Duration BEGIN = Duration.ofSeconds(1);

    private static final Duration SETTLE = Duration.ofSeconds(2);

    private final Lab lab;
    private final Samples sandbox = Samples.of();
    private final Samples bare = Samples.of();

    StartMeasurement(Lab lab) {
        this.lab = lab;
    }

    void measure(int runs, Table table) {
        say("start: making a copy of a sandbox's pod ...");
        BarePod pod = BarePod.copy(lab);
        timeSandbox(); // one of each that does not count
        timeBarePod(pod);
        for (int run = 1; run <= runs; run++) {
            if (run % 2 == 1) {
                sandbox.add(timeSandbox());
                bare.add(timeBarePod(pod));
            } else {
                bare.add(timeBarePod(pod));
                sandbox.add(timeSandbox());
            }
            say("start: run %d of %d: Ready after %.3f s, bare pod %.3f s", run, runs, sandbox.last(), bare.last());
        }
        table.row("a SandboxCluster: `kubectl apply` → Ready", sandbox, "%.2f", "s");
        table.row("the bare pod: `kubectl apply` → /readyz", bare, "%.2f", "s");
        table.row("difference", sandbox.minus(bare), "%+.2f", "s", "goal ≤ 0.5 s");
        table.row("ratio", sandbox.dividedBy(bare), "%.2f", "");
    }

    private double timeSandbox() {
        Command watch = lab.kubectl("get", "sandboxclusters", "--watch", READY).within(Lab.PATIENCE);
        Sandbox started;
        double seconds;
        try (Command.Followed watching = watch.follow()) {
            Lab.pause(BEGIN);
            Stopwatch stopwatch = Stopwatch.start();
            started = lab.apply("start", "expose: {type: NodePort}");
            if (!watching.await("True")) {
                throw new IllegalStateException("the SandboxCluster is not Ready after " + Lab.PATIENCE);
            }
            seconds = stopwatch.seconds();
        }
        useAtOnce(started);
        lab.delete("start");
        Lab.pause(SETTLE);
        return seconds;
    }

    /** Ready means that the published kubeconfig works: no second attempt. */
    private static void useAtOnce(Sandbox sandbox) {
        Path kubeconfig = sandbox.kubeconfig();
        Bed.kubectl(kubeconfig, "get", "--raw", "/readyz").run().ok();
        Bed.kubectl(kubeconfig, "get", "serviceaccount", "default").run().ok();
    }

    private double timeBarePod(BarePod pod) {
        double seconds;
        try (Command.Followed asking = pod.askReadyz().follow()) {
            Lab.pause(BEGIN);
            Stopwatch stopwatch = Stopwatch.start();
            pod.apply();
            if (!asking.await("200")) {
                throw new IllegalStateException("the bare pod is not ready after " + Lab.PATIENCE);
            }
            seconds = stopwatch.seconds();
        }
        pod.delete();
        Lab.pause(SETTLE);
        return seconds;
    }
}
