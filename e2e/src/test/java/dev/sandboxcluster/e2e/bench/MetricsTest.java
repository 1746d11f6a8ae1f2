package dev.sandboxcluster.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTest {

    @Test
    void eachLineIsAValueWithItsLabels() {
        Metrics metrics = Metrics.parse("""
                # HELP apiserver_flowcontrol_dispatched_requests_total [BETA] Number of requests
                # TYPE apiserver_flowcontrol_dispatched_requests_total counter
                apiserver_flowcontrol_dispatched_requests_total{flow_schema="writes",priority_level="workload-low"} 41

                apiserver_flowcontrol_dispatched_requests_total{flow_schema="writes",priority_level="system"} 1
                apiserver_flowcontrol_dispatched_requests_total{flow_schema="probes",priority_level="exempt"} 1.5e+03
                up 1
                limit{kind="none"} +Inf
                """);

        assertThat(metrics.sum("apiserver_flowcontrol_dispatched_requests_total", "flow_schema", "writes"))
                .isEqualTo(42);
        assertThat(metrics.sum("apiserver_flowcontrol_dispatched_requests_total", "flow_schema", "probes"))
                .isEqualTo(1500);
        assertThat(metrics.sum("apiserver_flowcontrol_dispatched_requests_total", "flow_schema", "other"))
                .isZero();
        assertThat(metrics.all()).hasSize(5).anySatisfy(metric -> {
            assertThat(metric.name()).isEqualTo("up");
            assertThat(metric.labels()).isEmpty();
            assertThat(metric.value()).isEqualTo(1);
            assertThat(metric.taken()).isEmpty();
        });
        assertThat(metrics.sum("limit", "kind", "none")).isInfinite();
    }

    @Test
    void labelsMayHoldAnything() {
        Metrics.Metric metric = Metrics.parse("jvm{area=\"heap\",id=\"a \\\"b\\\", {c}\\\\d\"} 7 1700000000123")
                .all()
                .get(0);

        assertThat(metric.labels()).isEqualTo(Map.of("area", "heap", "id", "a \"b\", {c}\\d"));
        assertThat(metric.value()).isEqualTo(7);
        assertThat(metric.taken()).contains(Duration.ofMillis(1_700_000_000_123L));
    }

    @Test
    void whatIsNoMetricIsSaid() {
        assertThatThrownBy(() -> Metrics.parse("404 page not found")).hasMessage("not a metric: 404 page not found");
    }
}
