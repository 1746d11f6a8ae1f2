package dev.sandboxcluster.operator.capability.classes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ClassDefaults;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.Golden;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a SandboxCluster is to be, of its own words and its class's defaults. */
class EffectiveSpecTest {

    static Stream<Path> cases() {
        return Golden.cases("classes/merge");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void merged(Path directory) {
        Golden.check(
                directory,
                "out-spec.yaml",
                EffectiveSpec.of(
                        Golden.read(directory, "in-spec.yaml", SandboxClusterSpec.class),
                        Golden.read(directory, "in-class.yaml", ClassDefaults.class)));
    }

    @Test
    void whatDiffersIsNamed() {
        SandboxClusterSpec before = spec("version: v1.33.5-k3s1, controlPlane: {nodeSelector: {a: b}, env: []}");
        SandboxClusterSpec after = spec("lifetime: {ttl: 1h}, controlPlane: {nodeSelector: {a: c}, env: []}");

        assertThat(EffectiveSpec.differences(before, after))
                .containsExactly("controlPlane.nodeSelector", "lifetime", "version");
        assertThat(EffectiveSpec.differences(before, before)).isEmpty();
    }

    private static SandboxClusterSpec spec(String yaml) {
        return Serialization.unmarshal("--- {" + yaml + "}", SandboxClusterSpec.class);
    }
}
