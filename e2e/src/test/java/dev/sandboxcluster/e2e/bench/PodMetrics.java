package dev.sandboxcluster.e2e.bench;

import dev.sandboxcluster.e2e.bench.Metrics.Metric;
import java.time.Duration;
import java.util.List;

/**
 * kubelet's view of its pods: what their control groups use, without file cache that can be dropped. Each value comes
 * with the time at which it was taken.
 */
record PodMetrics(Metrics metrics) {

    private static final double MEBIBYTE = 1 << 20;

    /** What kubelet answers at {@code /metrics/resource}. */
    static PodMetrics parse(String text) {
        return new PodMetrics(Metrics.parse(text));
    }

    /**
     * Memory in MiB.
     *
     * @param pod how its name begins
     */
    double memory(String namespace, String pod) {
        return only("pod_memory_working_set_bytes", namespace, pod).value() / MEBIBYTE;
    }

    /**
     * CPU time since an earlier look, in seconds a minute.
     *
     * @param pod how its name begins
     */
    double cpuSince(PodMetrics before, String namespace, String pod) {
        Metric then = before.only("pod_cpu_usage_seconds_total", namespace, pod);
        Metric now = only("pod_cpu_usage_seconds_total", namespace, pod);
        Duration between = now.taken().orElseThrow().minus(then.taken().orElseThrow());
        return (now.value() - then.value())
                / between.toMillis()
                * Duration.ofMinutes(1).toMillis();
    }

    /** Of all pods whose names begin so. */
    double sum(String name, String namespace, String pod) {
        return metrics.of(name, "namespace", namespace).stream()
                .filter(metric -> metric.labels().getOrDefault("pod", "").startsWith(pod))
                .mapToDouble(Metric::value)
                .sum();
    }

    private Metric only(String name, String namespace, String pod) {
        List<Metric> found = metrics.of(name, "namespace", namespace).stream()
                .filter(metric -> metric.labels().getOrDefault("pod", "").startsWith(pod))
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException(
                    "kubelet has %s of %d pods %s/%s*, not of one".formatted(name, found.size(), namespace, pod));
        }
        return found.get(0);
    }
}
