package dev.sandboxcluster.operator.capability.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Go may take of the memory that the container has. */
class GoRuntimeTest {

    @ParameterizedTest
    @CsvSource({"1Gi, 819MiB", "2Gi, 1638MiB", "512Mi, 409MiB", "1000000000, 762MiB", "1G, 762MiB"})
    void followsTheContainersLimit(String limit, String expected) {
        assertThat(GoRuntime.variables(Map.of("memory", new Quantity(limit)))).containsEntry("GOMEMLIMIT", expected);
    }

    @Test
    void thereIsNoneWithoutOne() {
        assertThat(GoRuntime.variables(Map.of("cpu", new Quantity("2")))).doesNotContainKey("GOMEMLIMIT");
    }
}
