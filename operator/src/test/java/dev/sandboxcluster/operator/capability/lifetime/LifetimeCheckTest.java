package dev.sandboxcluster.operator.capability.lifetime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.verdict.Outcome;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            lifetime: {ttl: 10m}                            | 2026-11-26T08:59:59Z | Expired     | 2026-11-26T08:10:00Z | true  | 2026-11-26T08:10:00Z
            lifetime: {ttl: 100h}                           | 2026-11-26T17:59:59Z | -           | -                    | false | 2026-11-30T12:00:00Z
            lifetime: {ttl: 100h}                           | 2026-11-26T18:00:00Z | ExpiresSoon | 2026-11-26T19:00:00Z | false | 2026-11-30T12:00:00Z
            lifetime: {}                                    | 2026-11-26T19:00:00Z | Expired     | 2026-11-26T19:00:00Z | true  | -
            lifetime: {ttl: 10m, expirationPolicy: Suspend} | 2026-11-26T09:00:00Z | Expired     | 2026-11-26T08:10:00Z | false | 2026-11-26T08:10:00Z
            lifetime: {ttl: 10m, expirationPolicy: Suspend} | 2026-11-26T19:00:00Z | Expired     | 2026-11-26T19:00:00Z | true  | 2026-11-26T08:10:00Z
            """)
    void endsByIdlenessTooWhichIsNoEndThatMayBeCountedOn(
            String spec, Instant now, String reason, String named, boolean deleted, Instant expiresAt) {
        Outcome<Life> life = LifetimeCheck.check(
                LifetimeSettings.of(Serialization.unmarshal(spec, SandboxClusterSpec.class), CREATED)
                        .idle(Optional.of(Instant.parse("2026-11-26T19:00:00Z")), Optional.of(Duration.ofHours(10))),
                now);

        assertThat(life.conditions().get(ConditionType.Expiring)).satisfies(verdict -> {
            assertThat(verdict == null ? null : verdict.reason()).isEqualTo(reason);
            assertThat(verdict == null ? "" : verdict.message()).contains(named == null ? "" : named);
        });
        assertThat(life.value().expiresAt()).isEqualTo(Optional.ofNullable(expiresAt));
        assertThat(life.value().deleted()).isEqualTo(deleted);
    }
}
