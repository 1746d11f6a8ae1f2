package dev.sandboxcluster.operator.capability.bootstrap.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");

    private final Progress progress = new Progress();

    @Test
    void attemptsBecomeRarerAndNeverEnd() {
        progress.go("a", Optional.of("uid"), "1");
        assertThat(progress.rests("a", NOW)).isFalse();

        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
            progress.fail(NOW);
            assertThat(progress.untilRetry(NOW)).isEqualTo(Duration.ofSeconds(seconds));
        }
        for (int i = 0; i < 100; i++) {
            progress.fail(NOW);
        }
        assertThat(progress.untilRetry(NOW)).isEqualTo(Duration.ofMinutes(5));
        assertThat(progress.rests("a", NOW)).isTrue();
        assertThat(progress.rests("b", NOW))
                .as("other content is tried at once")
                .isFalse();
    }

    @Test
    void anObjectThatIsThereMakesTheNextOneUrgent() {
        progress.go("a", Optional.of("uid"), "1");
        progress.fail(NOW);
        progress.next();

        assertThat(progress.rests("a", NOW)).isFalse();
        assertThat(progress.attempts()).isZero();
        assertThat(progress.applied()).isEqualTo(1);
    }

    @Test
    void whatTheSandboxLostIsAppliedFromTheBeginning() {
        progress.go("a", Optional.of("uid"), "1");
        progress.next();
        assertThat(progress.isUnderWay("a", Optional.of("uid"))).isTrue();
        assertThat(progress.isUnderWay("a", Optional.empty())).isFalse();

        progress.go("a", Optional.of("another"), "1");
        assertThat(progress.applied()).isZero();
    }

    @Test
    void whatToldOfAChartMayBeGoneAndItIsInstalledStill() {
        progress.go("a", Optional.of("uid"), "1");
        progress.installed(Set.of("web"));

        assertThat(progress.installed(Set.of("db"))).containsExactlyInAnyOrder("web", "db");
        progress.go("b", Optional.of("uid"), "2");
        assertThat(progress.installed(Set.of())).isEmpty();
        assertThat(progress.beginning()).isEqualTo("2");
    }

    @Test
    void aKindIsAwaitedForAWhile() {
        progress.go("a", Optional.of("uid"), "1");

        assertThat(progress.awaits(NOW)).isTrue();
        assertThat(progress.awaits(NOW.plusSeconds(14))).isTrue();
        assertThat(progress.awaits(NOW.plusSeconds(15))).isFalse();
    }
}
