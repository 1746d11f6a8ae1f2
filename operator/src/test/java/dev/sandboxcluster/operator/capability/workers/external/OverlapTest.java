package dev.sandboxcluster.operator.capability.workers.external;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.Network;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OverlapTest {

    @ParameterizedTest
    @ValueSource(strings = {"10.52.0.0/16", "10.52.128.0/24", "10.0.0.0/8", "10.53.255.255/32", "0.0.0.0/0"})
    void ranges(String range) {
        assertThat(overlap(List.of(range), List.of())).hasValueSatisfying(verdict -> assertThat(verdict.message())
                .contains("overlaps " + range.replace("/32", "")));
    }

    @Test
    void addressesWithinARange() {
        assertThat(overlap(List.of(), List.of("192.0.2.1", "10.53.0.9")))
                .hasValueSatisfying(verdict -> assertThat(verdict.message())
                        .startsWith("network.serviceCIDR 10.53.0.0/16 overlaps 10.53.0.9 of the host cluster"));
    }

    @Test
    void neighboursAndOtherFamilies() {
        assertThat(overlap(
                        List.of("10.51.0.0/16", "10.54.0.0/16", "10.42.0.0/16", "fd00::/8"),
                        List.of("10.54.0.0", "fd00::1", "10.51.255.255")))
                .isEmpty();
    }

    private static Optional<Verdict> overlap(List<String> ranges, List<String> addresses) {
        return Overlap.check(Network.DEFAULT_POD_CIDR, Network.DEFAULT_SERVICE_CIDR, ranges, addresses);
    }
}
