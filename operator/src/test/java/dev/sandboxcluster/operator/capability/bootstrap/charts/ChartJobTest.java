package dev.sandboxcluster.operator.capability.bootstrap.charts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.BootstrapChart;
import dev.sandboxcluster.api.v1alpha1.KeySource;
import dev.sandboxcluster.api.v1alpha1.ValuesSource;
import dev.sandboxcluster.operator.Golden;
import dev.sandboxcluster.operator.capability.bootstrap.plan.ChartRun;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What installs charts in the sandboxes of the golden files. */
class ChartJobTest {

    private static final Identity SANDBOX = new Identity("demo", "team-a", "0d3b0f1c");
    private static final ChartRun RUN = new ChartRun(1, "0123456789");
    private static final BootstrapChart PACKED =
            new BootstrapChart("web", null, new KeySource("web", "web-1.0.0.tgz"), null, null, null, null, null);
    private static final BootstrapChart FROM_A_REGISTRY = new BootstrapChart(
            "db",
            "data",
            null,
            null,
            "oci://registry.example.com:5000/charts/db",
            "1.2.3",
            List.of(
                    new ValuesSource(new KeySource("base", "values.yaml"), null),
                    new ValuesSource(null, new KeySource("passwords", "db.yaml"))),
            "size: 3\n");

    @Test
    void hasTheChartAndTheSandboxsKubeconfigAndNothingElse() {
        check("defaults", PACKED, List.of(PACKED));
    }

    @Test
    void hasValuesInTheirOrderAndGoesWhereTheControlPlaneGoes() {
        check("everything-set", FROM_A_REGISTRY, List.of(PACKED, FROM_A_REGISTRY));
    }

    private static void check(String name, BootstrapChart chart, List<BootstrapChart> all) {
        Path directory = Path.of("src/test/resources/desired", name);
        Golden.check(
                directory,
                "out-chart-job.yaml",
                new ChartJob(chart, RUN)
                        .desired(SANDBOX, template(directory), "demo-kubeconfig", "example.com/helm:4"));
        Golden.check(directory, "out-chart-networkpolicy.yaml", ChartNetworkPolicy.desired(SANDBOX, all));
    }

    @Test
    void isKnownByItsRunAlsoOfTheLongestSandbox() {
        Job job = new ChartJob(PACKED, RUN)
                .desired(
                        new Identity("a".repeat(52), "team-a", "0d3b0f1c"),
                        template(Path.of("src/test/resources/desired/defaults")),
                        "demo-kubeconfig",
                        "example.com/helm:4");

        assertThat(job.getMetadata().getName()).hasSizeLessThanOrEqualTo(63);
        assertThat(ChartJob.id(job)).isEqualTo(RUN.id());
    }

    private static PodTemplateSpec template(Path directory) {
        return Golden.read(directory, "out-statefulset.yaml", StatefulSet.class)
                .getSpec()
                .getTemplate();
    }
}
