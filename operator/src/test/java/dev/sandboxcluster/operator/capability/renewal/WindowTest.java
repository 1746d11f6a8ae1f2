package dev.sandboxcluster.operator.capability.renewal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 2026-11-26 is a Thursday; in Berlin, summer time ended on 2026-10-25 at 01:00Z. */
class WindowTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {startTime: "03:00", duration: 2h}                                    | 2026-11-26T02:59:00Z | 2026-11-26T03:00:00Z
            {startTime: "03:00", duration: 2h}                                    | 2026-11-26T04:59:59Z | 2026-11-26T04:59:59Z
            {startTime: "03:00", duration: 2h}                                    | 2026-11-26T05:00:00Z | 2026-11-27T03:00:00Z
            {startTime: "23:30", duration: 2h}                                    | 2026-11-26T01:00:00Z | 2026-11-26T01:00:00Z
            {days: [Sunday], startTime: "23:30", duration: 2h}                    | 2026-11-30T00:30:00Z | 2026-11-30T00:30:00Z
            {days: [Sunday], startTime: "23:30", duration: 2h}                    | 2026-11-30T01:30:00Z | 2026-12-06T23:30:00Z
            {days: [Wednesday], startTime: "03:00", duration: 2h}                 | 2026-11-26T03:00:00Z | 2026-12-02T03:00:00Z
            {days: [Saturday, Sunday], startTime: "03:00", duration: 2h}          | 2026-11-26T03:00:00Z | 2026-11-28T03:00:00Z
            {startTime: "03:00", duration: 2h, timeZone: Europe/Berlin}           | 2026-11-26T00:00:00Z | 2026-11-26T02:00:00Z
            {startTime: "03:00", duration: 2h, timeZone: Europe/Berlin}           | 2026-10-24T00:00:00Z | 2026-10-24T01:00:00Z
            {startTime: "03:00", duration: 24h}                                   | 2026-11-26T12:00:00Z | 2026-11-26T12:00:00Z
            {startTime: "03:00", duration: 2h, timeZone: Nowhere/Atlantis}        | 2026-11-26T00:00:00Z | 2026-11-26T03:00:00Z
            """)
    void opens(String spec, Instant from, Instant open) {
        SandboxClusterSpec cluster = Serialization.unmarshal("maintenanceWindow: " + spec, SandboxClusterSpec.class);

        assertThat(Window.of(cluster.maintenanceWindow()).open(from)).isEqualTo(open);
    }
}
