package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NodeHostsTest {

    @Test
    void eachSimulatedNodeHasALineAsK3sWouldWriteIt() {
        assertThat(NodeHosts.with("", 300))
                .startsWith("198.19.0.1 simulated-1\n198.19.0.2 simulated-2\n")
                .endsWith("198.19.1.44 simulated-300\n");
        assertThat(NodeHosts.with(NodeHosts.with("", 300), 300)).isEqualTo(NodeHosts.with("", 300));
    }

    @Test
    void whatOthersWroteStays() {
        String before = "10.0.0.7 machine-1\n198.19.0.1 simulated-1\n198.19.0.9 simulated-9\n10.0.0.8 my.host # mine\n";

        assertThat(NodeHosts.with(before, 1))
                .isEqualTo("10.0.0.7 machine-1\n10.0.0.8 my.host # mine\n198.19.0.1 simulated-1\n");
        assertThat(NodeHosts.with(before, 0)).isEqualTo("10.0.0.7 machine-1\n10.0.0.8 my.host # mine\n");
    }
}
