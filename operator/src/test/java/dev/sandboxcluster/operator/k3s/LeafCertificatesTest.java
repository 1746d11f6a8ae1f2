package dev.sandboxcluster.operator.k3s;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeafCertificatesTest {

    /** The first of May is 122 days before the end of August, the first of June 91. */
    @ParameterizedTest
    @CsvSource({
        "2026-05-01T00:00:00Z, v1.33.5+k3s1, 2026-08-31T00:00:00Z",
        "2026-05-03T00:00:00Z, v1.33.5+k3s1, 2027-05-03T00:00:00Z",
        "2026-05-03T00:00:00Z, v1.34.0+k3s1, 2027-05-03T00:00:00Z",
        "2026-05-03T00:00:00Z, v1.32.5+k3s1, 2027-05-03T00:00:00Z",
        "2026-05-03T00:00:00Z, v1.33.0+k3s1, 2026-08-31T00:00:00Z",
        "2026-05-03T00:00:00Z, v1.32.4+k3s1, 2026-08-31T00:00:00Z",
        "2026-06-03T00:00:00Z, v1.32.4+k3s1, 2027-06-03T00:00:00Z",
        "2026-09-01T00:00:00Z, v1.32.4+k3s1, 2027-09-01T00:00:00Z",
        "2026-05-03T00:00:00Z, '', 2027-05-03T00:00:00Z"
    })
    void areRenewedAtAStartShortlyBeforeTheirEnd(Instant start, String version, Instant end) {
        assertThat(LeafCertificates.startedAt(start, Instant.parse("2026-08-31T00:00:00Z"), version))
                .isEqualTo(end);
    }
}
