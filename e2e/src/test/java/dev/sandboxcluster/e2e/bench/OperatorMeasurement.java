package dev.sandboxcluster.e2e.bench;

import static dev.sandboxcluster.e2e.bench.Lab.say;

import dev.sandboxcluster.e2e.HostCluster;
import java.time.Duration;
import java.util.Set;

/** What the operator does while sandboxes idle; everything is taken from the same minutes. */
final class OperatorMeasurement {

    private static final int SANDBOXES = 20;
    private static final double MEBIBYTE = 1 << 20;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Lab lab;
    private final OperatorRequests requests;
    private boolean disturbed;

    OperatorMeasurement(Lab lab) {
        this.lab = lab;
        requests = new OperatorRequests(lab.host());
    }

    /** Fills the rows of these two measurements that are wanted. */
    void measure(int runs, Set<Measurement> wanted, Table table) {
        Samples writes = Samples.of();
        Samples memory = Samples.of();
        Samples heap = Samples.of();
        Samples cpu = Samples.of();
        long writesOfStart = startSandboxes();
        say("idle: %d sandboxes; a minute for them to settle ...", SANDBOXES);
        Lab.pause(MINUTE);
        for (int run = 1; run <= runs; run++) {
            say("idle: minute %d of %d ...", run, runs);
            lookForOthers();
            PodMetrics before = lab.podMetrics();
            long writesBefore = writes();
            Lab.pause(MINUTE);
            writes.add(writes() - writesBefore);
            PodMetrics after = lab.podMetrics();
            lookForOthers();
            memory.add(after.memory(HostCluster.SYSTEM, lab.operatorPod()));
            cpu.add(after.cpuSince(before, HostCluster.SYSTEM, lab.operatorPod()));
            heap.add(heap());
        }
        String operator = "the operator with " + SANDBOXES + " idle sandboxes: ";
        if (wanted.contains(Measurement.IDLE)) {
            String remark = "goal 0; starting them took " + writesOfStart
                    + (disturbed ? "; DISTURBED by other SandboxClusters on the bed" : "");
            table.row(operator + "API writes a minute", writes, "%.0f", "", remark);
        }
        if (wanted.contains(Measurement.HEAP)) {
            table.row(operator + "memory", memory, "%.0f", "MiB");
            table.row("the operator: JVM heap in use", heap, "%.0f", "MiB");
            table.row("the operator: CPU time a minute", cpu, "%.1f", "s");
        }
    }

    /** The writes that it took. */
    private long startSandboxes() {
        requests.count();
        Lab.pause(Duration.ofSeconds(1));
        long before = writes();
        lab.startSandboxes(SANDBOXES);
        long writes = writes() - before;
        if (writes <= 0) {
            throw new IllegalStateException("the operator's writes are not counted");
        }
        return writes;
    }

    private long writes() {
        return requests.of(OperatorRequests.WRITES);
    }

    private double heap() {
        return lab.operatorMetrics().sum("jvm_memory_used_bytes", "area", "heap") / MEBIBYTE;
    }

    /** SandboxClusters that are not ours make the operator write, too. */
    private void lookForOthers() {
        disturbed |= !lab.host()
                .kubectl(
                        "get",
                        "sandboxclusters",
                        "--all-namespaces",
                        "--output=name",
                        "--field-selector=metadata.namespace!=" + Lab.NAMESPACE)
                .run()
                .ok()
                .isBlank();
    }
}
