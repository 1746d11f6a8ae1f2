package dev.sandboxcluster.e2e.bench;

import static dev.sandboxcluster.e2e.bench.Lab.say;
import static dev.sandboxcluster.e2e.bench.OperatorRequests.READS;
import static dev.sandboxcluster.e2e.bench.OperatorRequests.WRITES;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.e2e.Bed;
import dev.sandboxcluster.e2e.Command;
import dev.sandboxcluster.e2e.HostCluster;
import dev.sandboxcluster.e2e.Sandbox;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesListBuilder;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** Many sandboxes that nothing answers for: first no node takes their pods, then nodes and pods that kwok simulates. */
final class ScaleMeasurement {

    private static final String SIMULATED = Lab.SIMULATED;

    private static final int NODES = 10;
    static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final Duration SETTLE = Duration.ofMinutes(2);

    private static final String SPEC =
            "expose: {type: NodePort, nodePort: {hostName: %s}}, controlPlane: {nodeSelector: {%s: \"%s\"},"
                    + " tolerations: [{key: %s, operator: Exists}], resources: {requests: {cpu: 10m, memory: 16Mi}}}";

    private static final List<Class<? extends HasMetadata>> OBJECTS = List.of(
            SandboxCluster.class, Pod.class, StatefulSet.class, Service.class, NetworkPolicy.class, Secret.class);

    /** Where a simulated pod's address leads is up to the machine. */
    private static final Set<String> UNANSWERED = Set.of("ConnectionRefused", "ConnectTimeout", "Unreachable");

    private final Lab lab;
    private final OperatorRequests requests;
    private final int sandboxes;
    private final String address;

    ScaleMeasurement(Lab lab, int sandboxes) {
        this.lab = lab;
        this.sandboxes = sandboxes;
        requests = new OperatorRequests(lab.host());
        address = lab.host().nodeAddress();
    }

    void measure(Table table) throws IOException {
        measureWithoutOperator(table);
        requests.count();
        createNodes();
        Command kwok = Bed.kwok(lab.host().kubeconfig(), "nodes", "pods")
                .with(
                        "--manage-all-nodes=false",
                        "--manage-nodes-with-label-selector=" + SIMULATED + "=true",
                        "--node-lease-duration-seconds=40",
                        "--server-address=");
        try (Command.Running simulation = kwok.start()) {
            measure("unschedulable", "no-such-node", Set.of("Unschedulable"), table);
            measure("running, without an API", "true", UNANSWERED, table);
        } finally {
            endNodes(lab);
            requests.stop();
        }
    }

    /** What the host cluster itself takes for the same objects: nothing is faster than that. */
    private void measureWithoutOperator(Table table) {
        say("scale: the objects of %,d sandboxes, without an operator", sandboxes);
        create(BareObjects.SAMPLE, "no-such-node");
        await("an object of each kind", () -> number(StatefulSet.class) == 1 && number(Secret.class) == 2);
        BareObjects objects = BareObjects.of(lab);
        lab.delete(BareObjects.SAMPLE);
        String what = "the objects of %,d sandboxes, without an operator: ".formatted(sandboxes);
        double written = objects.write(sandboxes);
        say("scale: written after %.1f s", written);
        table.row(what + "written", Samples.of(written), "%.0f", "s");
        double deleted = objects.delete();
        say("scale: gone after %.1f s", deleted);
        table.row(what + "deleted", Samples.of(deleted), "%.0f", "s", "by the host cluster's garbage collector");
    }

    private void measure(String state, String node, Set<String> reasons, Table table) {
        String what = "%,d sandboxes %s: ".formatted(sandboxes, state);
        double threads = threads();
        long readsBefore = requests.of(READS);
        long writesBefore = requests.of(WRITES);
        PodMetrics idle = lab.podMetrics();
        Stopwatch stopwatch = Stopwatch.start();
        say("scale: %s", what);
        IntStream.rangeClosed(1, sandboxes).parallel().forEach(number -> create("scale-" + number, node));
        await("all objects", () -> number(StatefulSet.class) == sandboxes && number(Secret.class) == 2L * sandboxes);
        double written = stopwatch.seconds();
        say("scale: all objects written after %.1f s", written);
        await(state, () -> with(reasons) == sandboxes);
        say("scale: all %s after %.1f s", reasons, stopwatch.seconds());
        PodMetrics busy = lab.podMetrics();
        Samples reads = Samples.of((requests.of(READS) - readsBefore) / (double) sandboxes);
        Samples writes = Samples.of((requests.of(WRITES) - writesBefore) / (double) sandboxes);
        Lab.pause(SETTLE);
        long idleWrites = requests.of(WRITES);
        long idleReads = requests.of(READS);
        PodMetrics before = lab.podMetrics();
        Lab.pause(Duration.ofMinutes(1));
        PodMetrics after = lab.podMetrics();
        idleWrites = requests.of(WRITES) - idleWrites;
        idleReads = requests.of(READS) - idleReads;
        double threadsNow = threads();

        table.row(what + "all objects written", Samples.of(written), "%.0f", "s", "goal ≤ 60 s for 1,000");
        table.row(what + "reads of the API for one", reads, "%.1f", "");
        table.row(what + "writes of the API for one", writes, "%.1f", "");
        table.row(
                what + "memory of the operator",
                Samples.of(memory(before), memory(after)),
                "%.0f",
                "MiB",
                "limit 320 MiB; %.0f MiB without sandboxes, %.0f MiB after the last start"
                        .formatted(memory(idle), memory(busy)));
        table.row(what + "threads of the operator", Samples.of(threads, threadsNow), "%.0f", "");
        table.row(
                what + "CPU time of the operator a minute",
                Samples.of(after.cpuSince(before, HostCluster.SYSTEM, lab.operatorPod())),
                "%.1f",
                "s",
                "goal ≤ 1 s");
        table.row(what + "API writes a minute", Samples.of(idleWrites), "%.0f", "", "goal 0");
        table.row(what + "API reads a minute", Samples.of(idleReads), "%.0f", "");
        double deleted = delete();
        say("scale: gone after %.1f s", deleted);
        table.row(what + "deletion", Samples.of(deleted), "%.0f", "s", "goal ≤ 60 s for 1,000");
    }

    private void create(String name, String node) {
        lab.host()
                .client()
                .resource(Serialization.unmarshal(
                        """
                        apiVersion: sandboxcluster.dev/v1alpha1
                        kind: SandboxCluster
                        metadata: {name: %s, namespace: %s}
                        spec: {%s}
                        """.formatted(name, Lab.NAMESPACE, SPEC.formatted(address, SIMULATED, node, SIMULATED)),
                        SandboxCluster.class))
                .create();
    }

    /** Until nothing is left of them. */
    private double delete() {
        Stopwatch stopwatch = Stopwatch.start();
        lab.kubectl("delete", "sandboxclusters", "--all", "--wait=false")
                .run(PATIENCE)
                .ok();
        await("the end of all", () -> OBJECTS.stream().allMatch(type -> number(type) == 0));
        return stopwatch.seconds();
    }

    private long number(Class<? extends HasMetadata> type) {
        var first = lab.host()
                .client()
                .resources(type)
                .inNamespace(Lab.NAMESPACE)
                .list(new ListOptionsBuilder().withLimit(1L).build());
        return first.getItems().size()
                + Optional.ofNullable(first.getMetadata().getRemainingItemCount())
                        .orElse(0L);
    }

    private long with(Set<String> reasons) {
        return lab.host().client().resources(SandboxCluster.class).inNamespace(Lab.NAMESPACE).list().getItems().stream()
                .flatMap(cluster -> Optional.ofNullable(cluster.getStatus()).stream())
                .flatMap(status -> status.conditions().stream())
                .filter(condition -> condition.getType().equals("Ready") && reasons.contains(condition.getReason()))
                .count();
    }

    private double memory(PodMetrics metrics) {
        return metrics.memory(HostCluster.SYSTEM, lab.operatorPod());
    }

    private double threads() {
        return lab.operatorMetrics().all().stream()
                .filter(metric -> metric.name().equals("jvm_threads_live_threads"))
                .mapToDouble(Metrics.Metric::value)
                .sum();
    }

    static void await(String what, Callable<Boolean> condition) {
        org.awaitility.Awaitility.await(what)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofSeconds(1))
                .until(condition);
    }

    private void createNodes() {
        Map<String, Quantity> room =
                Map.of("cpu", new Quantity("64"), "memory", new Quantity("256Gi"), "pods", new Quantity("200"));
        List<HasMetadata> nodes = IntStream.rangeClosed(1, NODES)
                .<HasMetadata>mapToObj(number -> new NodeBuilder()
                        .withNewMetadata()
                        .withName("simulated-" + number)
                        .addToLabels(SIMULATED, "true")
                        .endMetadata()
                        .withNewSpec()
                        .addNewTaint("NoSchedule", SIMULATED, null, "true")
                        .endSpec()
                        .withNewStatus()
                        .withCapacity(room)
                        .withAllocatable(room)
                        .endStatus()
                        .build())
                .toList();
        lab.host()
                .kubectl(
                        "create",
                        "--filename="
                                + Sandbox.write(Serialization.asYaml(new KubernetesListBuilder()
                                        .addAllToItems(nodes)
                                        .build())))
                .run()
                .ok();
    }

    /** Their pods go with them. */
    static void endNodes(Lab lab) {
        lab.host()
                .kubectl("delete", "nodes", "--selector=" + SIMULATED, "--ignore-not-found")
                .run()
                .ok();
    }
}
