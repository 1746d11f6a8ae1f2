package dev.sandboxcluster.operator.capability.workers.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SimulatedWorkers.Architecture;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What kwok plays. That it does so, scenarios show. */
class SimulationConfigMapTest {

    @Test
    void allOfItIsYamlAndWithinAnObjectsSize() {
        String file = file(true);

        assertThat(file.length()).isLessThan(512 * 1024);
        assertThat(documents(file)).allSatisfy(document -> assertThat(document).containsKeys("kind", "apiVersion"));
        assertThat(documents(file).get(0)).containsEntry("kind", "KwokConfiguration");
        assertThat(documents(file))
                .filteredOn(document -> document.get("kind").equals("KwokConfiguration"))
                .hasSize(1);
    }

    @Test
    void aHeartbeatIsOnlyForThoseWhoAreTakenForLostWithout() {
        assertThat(file(true)).contains("name: node-heartbeat");
        assertThat(file(false)).doesNotContain("node-heartbeat");
        assertThat(documents(file(false))).hasSize(documents(file(true)).size());
    }

    @Test
    void whatStandsForAMetricsServerIsNotInTheWayOfARealOne() {
        assertThat(file(false)).contains("kind: PodMetrics", "kind: NodeMetrics");
        assertThat(file(true)).doesNotContain("Metrics");
    }

    private static String file(boolean others) {
        ConfigMap map = SimulationConfigMap.desired(
                new Identity("demo", "previews", "u"),
                new SimulatedSettings(
                        3, Map.of(), Map.of(), List.of(), Architecture.amd64, false, "kwok", others, !others));
        assertThat(map.getMetadata().getName()).isEqualTo("demo-simulation");
        return map.getData().get("kwok.yaml");
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> documents(String file) {
        return Arrays.stream(file.split("\n---\n"))
                .map(document -> (Map<String, Object>) Serialization.unmarshal(document, Map.class))
                .toList();
    }
}
