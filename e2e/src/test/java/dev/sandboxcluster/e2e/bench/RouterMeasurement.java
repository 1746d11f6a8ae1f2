package dev.sandboxcluster.e2e.bench;

import dev.sandboxcluster.e2e.Bed;
import dev.sandboxcluster.e2e.HostCluster;
import dev.sandboxcluster.e2e.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What the way through the router costs, beside a node port of the same machine. */
final class RouterMeasurement {

    private static final String ROUTER = HostCluster.RELEASE + "-router-";
    private static final String SMALL_LIST = "/api/v1/namespaces";
    private static final String LARGE_LIST = "/api/v1/namespaces/default/configmaps";
    private static final int REQUESTS = 200;
    private static final int CONNECTIONS = 200;
    private static final int GREETINGS = 3000;

    /** kubelet looks every 15 s or so. */
    private static final Duration SETTLED = Duration.ofSeconds(30);

    /** One address has half of what a sandbox has of each router, and there are two. */
    private static final int OPEN = 400;

    private static final int OBJECTS = 64;
    private static final int OBJECT_BYTES = 1000 * 1000;
    private static final long READ = 256L * 1000 * 1000;

    private final Lab lab;

    RouterMeasurement(Lab lab) {
        this.lab = lab;
    }

    void measure(int runs, Table table) throws IOException {
        Sandbox near = lab.apply("near", "expose: {type: NodePort}");
        Sandbox routed = lab.apply("routed", "expose: {type: Router}");
        near.awaitReady(Lab.PATIENCE);
        routed.awaitReady(Lab.PATIENCE);
        TlsUser beside = TlsUser.of(near.secret("-kubeconfig"));
        TlsUser through = TlsUser.of(routed.secret("-kubeconfig"));

        requests(beside, through, table);
        newConnections(beside, through, table);
        installs(runs, near, routed, table);
        lists(runs, near, routed, table);
        openConnections(through, table);
        lab.delete("near");
        lab.delete("routed");
    }

    private static void requests(TlsUser beside, TlsUser through, Table table) throws IOException {
        Samples direct = Samples.of();
        Samples routed = Samples.of();
        try (TlsUser.Connection one = beside.connect();
                TlsUser.Connection other = through.connect()) {
            for (int request = -REQUESTS / 10; request < REQUESTS; request++) {
                double near = millis(() -> one.get(SMALL_LIST));
                double far = millis(() -> other.get(SMALL_LIST));
                if (request >= 0) {
                    direct.add(near);
                    routed.add(far);
                }
            }
        }
        table.row("a list of namespaces, by node port", direct, "%.2f", "ms");
        table.row("the same through the router", routed, "%.2f", "ms");
        table.row("difference", routed.minus(direct), "%.2f", "ms", "goal: median ≤ 2 ms");
    }

    private void newConnections(TlsUser beside, TlsUser through, Table table) {
        Samples direct = Samples.of();
        Samples routed = Samples.of();
        for (int connection = 0; connection < CONNECTIONS; connection++) {
            direct.add(millis(() -> once(beside)));
            routed.add(millis(() -> once(through)));
        }
        greet(through);
        Lab.pause(SETTLED);
        double idle = routerCpu();
        Lab.pause(SETTLED);
        double before = routerCpu();
        Stopwatch stopwatch = Stopwatch.start();
        greet(through);
        Lab.pause(SETTLED);
        double meanwhile = (before - idle) / SETTLED.toSeconds() * stopwatch.seconds();
        double each = (routerCpu() - before - meanwhile) / GREETINGS;
        table.row("a new connection and a list of namespaces, by node port", direct, "%.1f", "ms");
        table.row("the same through the router", routed, "%.1f", "ms");
        table.row(
                "CPU of the router for one",
                Samples.of(each * 1000),
                "%.2f",
                "ms",
                "%.0f a second on one core".formatted(1 / each));
    }

    private static void greet(TlsUser user) {
        IntStream.range(0, GREETINGS).parallel().forEach(any -> {
            try {
                user.greet();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static long once(TlsUser user) throws IOException {
        try (TlsUser.Connection connection = user.connect()) {
            return connection.get(SMALL_LIST);
        }
    }

    private static void installs(int runs, Sandbox near, Sandbox routed, Table table) throws IOException {
        Path charts = Files.createTempDirectory("bench");
        String chart = charts.resolve("hello").toString();
        Bed.helm(near.kubeconfig(), "create", chart).run().ok();
        Samples direct = Samples.of();
        Samples through = Samples.of();
        for (int run = 0; run < runs; run++) {
            direct.add(install(near, chart));
            through.add(install(routed, chart));
        }
        table.row("`helm install` of a new chart, by node port", direct, "%.2f", "s");
        table.row("the same through the router", through, "%.2f", "s");
        table.row("ratio", through.dividedBy(direct), "%.2f", "");
    }

    private static double install(Sandbox sandbox, String chart) {
        Path kubeconfig = sandbox.kubeconfig();
        Stopwatch stopwatch = Stopwatch.start();
        Bed.helm(kubeconfig, "install", "hello", chart).run().ok();
        double seconds = stopwatch.seconds();
        Bed.helm(kubeconfig, "uninstall", "hello").run().ok();
        return seconds;
    }

    private static void lists(int runs, Sandbox near, Sandbox routed, Table table) throws IOException {
        for (Sandbox sandbox : List.of(near, routed)) {
            for (int object = 0; object < OBJECTS; object++) {
                Bed.kubectl(
                                sandbox.kubeconfig(),
                                "create",
                                "--filename=" + Sandbox.write("""
                                        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "large-%d"},
                                         "data": {"a": "%s"}}
                                        """.formatted(object, "x".repeat(OBJECT_BYTES))))
                        .run()
                        .ok();
            }
        }
        Samples direct = Samples.of();
        Samples through = Samples.of();
        for (int run = 0; run < runs; run++) {
            direct.add(megabytesASecond(TlsUser.of(near.secret("-kubeconfig"))));
            through.add(megabytesASecond(TlsUser.of(routed.secret("-kubeconfig"))));
        }
        table.row("256 MB in lists of 64 MB, by node port", direct, "%.0f", "MB/s");
        table.row("the same through the router", through, "%.0f", "MB/s");
        table.row("ratio", through.dividedBy(direct), "%.2f", "", "goal ≥ 0.98");
    }

    private static double megabytesASecond(TlsUser user) throws IOException {
        try (TlsUser.Connection connection = user.connect()) {
            Stopwatch stopwatch = Stopwatch.start();
            long read = 0;
            while (read < READ) {
                read += connection.get(LARGE_LIST);
            }
            return read / stopwatch.seconds() / 1e6;
        }
    }

    private void openConnections(TlsUser through, Table table) throws IOException {
        Lab.pause(SETTLED);
        double before = routerMemory();
        List<TlsUser.Connection> open = new ArrayList<>();
        try {
            for (int connection = 0; connection < OPEN; connection++) {
                open.add(through.connect());
            }
            Lab.pause(SETTLED);
            table.row(
                    "memory of the router for 1,000 open connections",
                    Samples.of((routerMemory() - before) * 1000 / OPEN),
                    "%.0f",
                    "MiB",
                    "%d were open".formatted(OPEN));
        } finally {
            for (TlsUser.Connection connection : open) {
                connection.close();
            }
        }
    }

    /** Of all its pods, in seconds since they began. */
    private double routerCpu() {
        return lab.podMetrics().sum("pod_cpu_usage_seconds_total", HostCluster.SYSTEM, ROUTER);
    }

    private double routerMemory() {
        return lab.podMetrics().sum("pod_memory_working_set_bytes", HostCluster.SYSTEM, ROUTER) / (1 << 20);
    }

    private interface Io {
        long run() throws IOException;
    }

    private static double millis(Io io) {
        Stopwatch stopwatch = Stopwatch.start();
        try {
            io.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return stopwatch.seconds() * 1000;
    }
}
