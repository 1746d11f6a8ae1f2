package dev.sandboxcluster.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PodMetricsTest {

    private static final PodMetrics BEFORE = PodMetrics.parse("""
            container_memory_working_set_bytes{container="k3s",namespace="bench",pod="idle-1-0"} 1 1700000000000
            pod_cpu_usage_seconds_total{namespace="bench",pod="idle-1-0"} 20.5 1700000000000
            pod_cpu_usage_seconds_total{namespace="bench",pod="idle-10-0"} 1 1700000000000
            pod_memory_working_set_bytes{namespace="bench",pod="idle-1-0"} 2.097152e+08 1700000000000
            pod_memory_working_set_bytes{namespace="bench",pod="idle-10-0"} 1.048576e+06 1700000000000
            pod_memory_working_set_bytes{namespace="other",pod="idle-1-0"} 1.048576e+06 1700000000000
            """);

    private static final PodMetrics AFTER = PodMetrics.parse("""
            pod_cpu_usage_seconds_total{namespace="bench",pod="idle-1-0"} 24.5 1700000050000
            """);

    @Test
    void memoryIsInMebibytes() {
        assertThat(BEFORE.memory("bench", "idle-1-0")).isEqualTo(200);
        assertThat(BEFORE.memory("other", "idle-")).isEqualTo(1);
    }

    @Test
    void cpuTimeIsOfAMinuteOfKubeletsClock() {
        assertThat(AFTER.cpuSince(BEFORE, "bench", "idle-1-0")).isCloseTo(4.8, within(1e-9));
    }

    @Test
    void noPodAndSeveralPodsAreNoFigure() {
        assertThatThrownBy(() -> BEFORE.memory("bench", "workers-0"))
                .hasMessage("kubelet has pod_memory_working_set_bytes of 0 pods bench/workers-0*, not of one");
        assertThatThrownBy(() -> BEFORE.memory("bench", "idle-"))
                .hasMessage("kubelet has pod_memory_working_set_bytes of 2 pods bench/idle-*, not of one");
    }
}
