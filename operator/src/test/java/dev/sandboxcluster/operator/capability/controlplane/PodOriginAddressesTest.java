package dev.sandboxcluster.operator.capability.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A pod stays as long as it was told all that it has to know. */
class PodOriginAddressesTest {

    @Test
    void whoWasToldMoreStays() {
        assertThat(told("10.96.0.7", "demo.previews.quiet.sandboxes.internal").satisfies(told("10.96.0.7")))
                .isTrue();
        assertThat(told("10.96.0.7").satisfies(told("10.96.0.7"))).isTrue();
        assertThat(told().satisfies(told("10.96.0.7"))).isFalse();
        assertThat(told("10.96.0.7").satisfies(told("10.96.0.8"))).isFalse();
    }

    private static PodOrigin told(String... addresses) {
        return PodOrigin.of(Serialization.unmarshal("{}", SandboxClusterSpec.class), Optional.empty())
                .at(Stream.of(addresses));
    }
}
