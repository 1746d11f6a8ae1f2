package dev.sandboxcluster.e2e.bench;

import static dev.sandboxcluster.e2e.bench.Lab.say;

import dev.sandboxcluster.e2e.HostCluster;
import dev.sandboxcluster.e2e.Sandbox;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;

/** What the operator does while sandboxes idle; everything is taken from the same minutes. */
final class OperatorMeasurement {

    private static final int SANDBOXES = 20;
    private static final double MEBIBYTE = 1 << 20;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final String COUNTER = "sandboxcluster-bench-writes";

    /**
     * API Priority and Fairness sorts requests by who makes them and what they do, and counts them. A FlowSchema for the
     * writes of the operator's service account alone counts those and no others, whatever they write and however (apply,
     * create, patch, status ...), refused ones too; it treats them as before.
     */
    private static final String COUNT_WRITES = """
            apiVersion: flowcontrol.apiserver.k8s.io/v1
            kind: FlowSchema
            metadata: {name: %s}
            spec:
              matchingPrecedence: 900
              priorityLevelConfiguration: {name: workload-low}
              distinguisherMethod: {type: ByUser}
              rules:
                - subjects: [{kind: ServiceAccount, serviceAccount: {name: %s, namespace: %s}}]
                  resourceRules:
                    - verbs: [create, update, patch, delete, deletecollection]
                      apiGroups: ["*"]
                      resources: ["*"]
                      clusterScope: true
                      namespaces: ["*"]
            """.formatted(COUNTER, HostCluster.RELEASE, HostCluster.SYSTEM);

    private final Lab lab;
    private boolean disturbed;

    OperatorMeasurement(Lab lab) {
        this.lab = lab;
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
            memory.add(after.memory(HostCluster.SYSTEM, HostCluster.RELEASE));
            cpu.add(after.cpuSince(before, HostCluster.SYSTEM, HostCluster.RELEASE));
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

    void stopCounting() {
        lab.host()
                .kubectl("delete", "flowschema", COUNTER, "--ignore-not-found")
                .run()
                .ok();
    }

    /** The writes that it took. */
    private long startSandboxes() {
        lab.host()
                .kubectl("create", "--filename=" + Sandbox.write(COUNT_WRITES))
                .run()
                .ok();
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
        Metrics metrics = Metrics.parse(lab.raw("/metrics"));
        return Math.round(Stream.of("dispatched", "rejected")
                .map("apiserver_flowcontrol_%s_requests_total"::formatted)
                .mapToDouble(name -> metrics.sum(name, "flow_schema", COUNTER))
                .sum());
    }

    private double heap() {
        return Metrics.parse(lab.raw("/api/v1/namespaces/" + HostCluster.SYSTEM + "/services/" + HostCluster.RELEASE
                                + "-metrics:http/proxy/metrics"))
                        .sum("jvm_memory_used_bytes", "area", "heap")
                / MEBIBYTE;
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
