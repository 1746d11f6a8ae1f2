package dev.sandboxcluster.e2e.bench;

import static dev.sandboxcluster.e2e.bench.Lab.say;

import com.sun.management.OperatingSystemMXBean;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec;
import dev.sandboxcluster.e2e.Bed;
import dev.sandboxcluster.e2e.HostCluster;
import dev.sandboxcluster.e2e.Sandbox;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What sandboxes cost that nobody uses, and how soon they are there for who comes. */
final class DozeMeasurement {

    private static final String SMALL = "controlPlane: {resources: {requests: {cpu: 10m}, limits: {memory: 1Gi}}}";
    private static final String DOZES = "expose: {type: Router}, lifetime: {dozeAfter: 10s}, " + SMALL;
    private static final String AWAKE = "expose: {type: Router}, lifetime: {dozeAfter: 0s}, " + SMALL;
    private static final String IS_SUSPENDED = "expose: {type: Router}, lifetime: {suspendAfterIdle: 10s},"
            + " storage: {type: Persistent, size: 256Mi}, " + SMALL;
    private static final int MANY = 20;
    private static final int WAKES = 100;

    /** Few of those that woke before are still awake then, and take their share of the machine. */
    private static final Duration BETWEEN_WAKES = Duration.ofSeconds(3);

    private static final Duration UNTIL_STOPPED = Duration.ofSeconds(3);

    private final Lab lab;

    DozeMeasurement(Lab lab) {
        this.lab = lab;
    }

    void measure(int runs, Table table) throws IOException {
        List<Sandbox> sandboxes = new ArrayList<>();
        for (int number = 1; number <= MANY; number++) {
            sandboxes.add(lab.apply(name(number), DOZES).awaitReady(Lab.PATIENCE));
        }
        Sandbox awake = lab.apply("awake", AWAKE).awaitReady(Lab.PATIENCE);
        for (int number = 1; number <= MANY; number++) {
            awaitState(name(number), SandboxClusterRouteSpec.State.Dozing);
        }
        idle(table);
        wakes(sandboxes, table);
        for (int number = 1; number <= MANY; number++) {
            lab.delete(name(number));
        }
        lab.delete("awake");
        resumes(runs, table);
    }

    private void idle(Table table) {
        Lab.IdleMinute idle = lab.idleMinute("%d doze; a minute to settle".formatted(MANY));
        Samples each = Samples.of();
        Samples memory = Samples.of();
        for (int number = 1; number <= MANY; number++) {
            each.add(millicores(idle, Lab.NAMESPACE, name(number) + "-0"));
            memory.add(idle.after().memory(Lab.NAMESPACE, name(number) + "-0"));
        }
        table.row("CPU of one that dozes", each, "%.1f", "mCPU", "goal with its share of the next two ≤ 2 mCPU");
        table.row("CPU of one that is awake", Samples.of(millicores(idle, Lab.NAMESPACE, "awake-0")), "%.0f", "mCPU");
        table.row(
                "memory of one that dozes",
                memory,
                "%.0f",
                "MiB",
                "%.0f have room in this machine's memory".formatted(machineMemory() / memory.percentile(50)));
        double shared = sum(idle, HostCluster.RELEASE) / MANY;
        table.row(
                "CPU of operator and router, for one of %d that doze".formatted(MANY),
                Samples.of(shared),
                "%.1f",
                "mCPU");
    }

    /** In MiB. */
    private static double machineMemory() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize()
                / (double) (1 << 20);
    }

    private static double millicores(Lab.IdleMinute idle, String namespace, String pod) {
        return idle.after().cpuSince(idle.before(), namespace, pod) / 60 * 1000;
    }

    private static double sum(Lab.IdleMinute idle, String pods) {
        String cpu = "pod_cpu_usage_seconds_total";
        return (idle.after().sum(cpu, HostCluster.SYSTEM, pods) - idle.before().sum(cpu, HostCluster.SYSTEM, pods))
                / 60
                * 1000;
    }

    private void wakes(List<Sandbox> sandboxes, Table table) throws IOException {
        List<TlsUser> users = new ArrayList<>();
        for (Sandbox sandbox : sandboxes) {
            users.add(TlsUser.of(sandbox.secret("-kubeconfig")));
        }
        Samples first = Samples.of();
        for (int wake = 0; wake < WAKES; wake++) {
            int number = wake % MANY;
            awaitState(name(number + 1), SandboxClusterRouteSpec.State.Dozing);
            Lab.pause(wake < MANY ? UNTIL_STOPPED : BETWEEN_WAKES);
            Stopwatch stopwatch = Stopwatch.start();
            users.get(number).greet();
            first.add(stopwatch.seconds() * 1000);
        }
        table.row(
                "a wake: first byte in → first byte out",
                first,
                "%.0f",
                "ms",
                "goals: median ≤ 300 ms, p99 ≤ 1 s; p99 %.0f ms".formatted(first.percentile(99)));
    }

    private void resumes(int runs, Table table) throws IOException {
        Samples cold = Samples.of();
        Samples resumed = Samples.of();
        for (int run = 1; run <= runs; run++) {
            Stopwatch begin = Stopwatch.start();
            Sandbox sandbox = lab.apply("resumed", IS_SUSPENDED).awaitReady(Lab.PATIENCE);
            cold.add(begin.seconds());
            awaitState("resumed", SandboxClusterRouteSpec.State.Suspended);
            Lab.waitFor(
                    "the end of the pod",
                    () -> lab.host()
                                    .client()
                                    .pods()
                                    .inNamespace(Lab.NAMESPACE)
                                    .withName("resumed-0")
                                    .get()
                            == null);
            Stopwatch asked = Stopwatch.start();
            Bed.kubectl(sandbox.kubeconfig(), "get", "namespaces")
                    .run(Lab.PATIENCE)
                    .ok();
            resumed.add(asked.seconds());
            lab.delete("resumed");
            say(
                    "doze: run %d of %d: Ready after %.2f s, resumed by kubectl %.2f s",
                    run, runs, cold.last(), resumed.last());
        }
        table.row("a Persistent SandboxCluster: `kubectl apply` → Ready", cold, "%.2f", "s");
        table.row("the same, suspended by idleness: `kubectl get` → answer", resumed, "%.2f", "s");
        table.row("ratio", resumed.dividedBy(cold), "%.2f", "");
    }

    private void awaitState(String name, SandboxClusterRouteSpec.State state) {
        Lab.waitFor(
                name + ": " + state,
                () -> lab.host()
                                .client()
                                .resources(SandboxClusterRoute.class)
                                .inNamespace(Lab.NAMESPACE)
                                .withName(name)
                                .get()
                                .getSpec()
                                .state()
                        == state);
    }

    private static String name(int number) {
        return "doze-" + number;
    }
}
