package dev.sandboxcluster.operator.capability.lifetime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.verdict.Outcome;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LifetimeCheckTest {

    private static final String CREATED = "2026-11-26T08:00:00Z";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            lifetime: {ttl: 10m}                           | 2026-11-26T08:08:59Z | -           | 2026-11-26T08:09:00Z | false | false
            lifetime: {ttl: 10m}                           | 2026-11-26T08:09:00Z | ExpiresSoon | 2026-11-26T08:10:00Z | false | false
            lifetime: {ttl: 10m}                           | 2026-11-26T08:10:00Z | Expired     | -                    | true  | true
            lifetime: {ttl: 1h30m}                         | 2026-11-26T09:21:00Z | ExpiresSoon | 2026-11-26T09:30:00Z | false | false
            lifetime: {ttl: 100h}                          | 2026-11-30T10:59:59Z | -           | 2026-11-30T11:00:00Z | false | false
            lifetime: {ttl: 100h}                          | 2026-11-30T11:00:00Z | ExpiresSoon | 2026-11-30T12:00:00Z | false | false
            lifetime: {expiresAt: "2026-11-26T10:10:00+02:00"} | 2026-11-26T08:08:00Z | -      | 2026-11-26T08:09:00Z | false | false
            lifetime: {expiresAt: "2026-11-26T07:00:00Z"}  | 2026-11-26T08:00:01Z | Expired     | -                    | true  | true
            lifetime: {ttl: 10m, expirationPolicy: Suspend} | 2026-11-26T08:10:00Z | Expired    | -                    | false | true
            operatingMode: Suspended                       | 2026-11-26T08:10:00Z | -           | -                    | false | true
            operatingMode: Running                         | 2026-11-26T08:10:00Z | -           | -                    | false | false
            """)
    void says(String spec, Instant now, String reason, Instant lookAgain, boolean deleted, boolean suspend) {
        Outcome<Life> life = LifetimeCheck.check(
                LifetimeSettings.of(Serialization.unmarshal(spec, SandboxClusterSpec.class), CREATED), now);

        assertThat(life.conditions().get(ConditionType.Expiring))
                .satisfies(verdict ->
                        assertThat(verdict == null ? null : verdict.reason()).isEqualTo(reason));
        assertThat(life.lookAgain().orElse(null)).isEqualTo(lookAgain);
        assertThat(life.value().deleted()).isEqualTo(deleted);
        assertThat(life.value().suspend()).isEqualTo(suspend);
    }
}
