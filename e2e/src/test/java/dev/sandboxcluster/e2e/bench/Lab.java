package dev.sandboxcluster.e2e.bench;

import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.e2e.Command;
import dev.sandboxcluster.e2e.HostCluster;
import dev.sandboxcluster.e2e.Sandbox;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Where all is measured: the host cluster, and a namespace in it for the sandboxes. */
record Lab(HostCluster host) {

    static final String NAMESPACE = "bench";

    /** Label and taint of simulated nodes; only sandboxes that are meant for them go there. */
    static final String SIMULATED = "sandboxcluster.dev/simulated";

    /** Until something is given up. */
    static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int TOGETHER = 4;

    /** Less CPU than by default, so that all fit on a small machine. */
    private static final String SMALL =
            "expose: {type: NodePort}," + " controlPlane: {resources: {requests: {cpu: 10m}, limits: {memory: 1Gi}}}";

    /** Two looks at the pods, a minute apart, after a minute to settle. */
    record IdleMinute(PodMetrics before, PodMetrics after) {}

    void open() {
        close();
        host.kubectl("create", "namespace", NAMESPACE).run().ok();
        host.kubectl("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted")
                .run()
                .ok();
    }

    /** Removes what measurements, or those that were interrupted, left. */
    void close() {
        kubectl("delete", "sandboxclusters", "--all", "--timeout=1m").run().ok();
        host.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--timeout=3m")
                .run(PATIENCE.plus(MINUTE))
                .ok();
    }

    Command kubectl(String... words) {
        return host.kubectl("--namespace=" + NAMESPACE).with(words);
    }

    /** {@code kubectl apply} of a SandboxCluster with this spec. */
    Sandbox apply(String name, String spec) {
        return Sandbox.apply(host, NAMESPACE, name, spec);
    }

    /** {@code kubectl delete}; ends when nothing of the sandbox is left. */
    void delete(String name) {
        kubectl("delete", "sandboxcluster", name, "--timeout=1m").run().ok();
        waitFor("the end of the sandbox", () -> kubectl(
                        "get",
                        "statefulsets,pods,services,secrets,configmaps,networkpolicies",
                        "--selector=sandboxcluster.dev/name=" + name,
                        "--output=name")
                .run()
                .ok()
                .isBlank());
    }

    /** So many small ones, a few at a time; ends when all are Ready. Those that are there already count. */
    void startSandboxes(int number) {
        say("starting %d sandboxes, %d at a time ...", number, TOGETHER);
        for (int started = 1; started <= number; started++) {
            apply(idle(started), SMALL);
            if (started % TOGETHER == 0 || started == number) {
                kubectl(
                                "wait",
                                "sandboxclusters",
                                "--all",
                                "--for=condition=Ready",
                                "--timeout=" + PATIENCE.toSeconds() + "s")
                        .run(PATIENCE.plus(MINUTE))
                        .ok();
            }
        }
    }

    /** The name of one of the small ones. */
    static String idle(int number) {
        return "idle-" + number;
    }

    IdleMinute idleMinute(String what) {
        say("%s, and another for the CPU ...", what);
        pause(MINUTE);
        PodMetrics before = podMetrics();
        pause(MINUTE);
        return new IdleMinute(before, podMetrics());
    }

    PodMetrics podMetrics() {
        String node = host.client()
                .nodes()
                .withoutLabel(SIMULATED)
                .list()
                .getItems()
                .get(0)
                .getMetadata()
                .getName();
        return PodMetrics.parse(raw("/api/v1/nodes/" + node + "/proxy/metrics/resource"));
    }

    /** The name of the only one. */
    String operatorPod() {
        return host.client()
                .pods()
                .inNamespace(HostCluster.SYSTEM)
                .withLabel("app.kubernetes.io/name", HostCluster.RELEASE)
                .list()
                .getItems()
                .get(0)
                .getMetadata()
                .getName();
    }

    /** What the operator says about itself. */
    Metrics operatorMetrics() {
        return Metrics.parse(raw("/api/v1/namespaces/" + HostCluster.SYSTEM + "/services/" + HostCluster.RELEASE
                + "-metrics:http/proxy/metrics"));
    }

    /** What the host cluster's API answers at this path. */
    String raw(String path) {
        return host.kubectl("get", "--raw", path).run().ok();
    }

    static void waitFor(String what, Callable<Boolean> condition) {
        await(what)
                .atMost(MINUTE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100))
                .until(condition);
    }

    static void pause(Duration time) {
        await().pollDelay(time).atMost(time.plus(MINUTE)).until(() -> true);
    }

    static void say(String what, Object... values) {
        System.err.println(what.formatted(values));
    }
}
