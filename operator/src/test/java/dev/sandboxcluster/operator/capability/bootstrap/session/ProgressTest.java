package dev.sandboxcluster.operator.capability.bootstrap.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");

    private final Progress progress = new Progress();

    @Test
    void attemptsBecomeRarerAndNeverEnd() {
        progress.go("a", Optional.of("uid"));
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
        progress.go("a", Optional.of("uid"));
        progress.fail(NOW);
        progress.next();

        assertThat(progress.rests("a", NOW)).isFalse();
        assertThat(progress.attempts()).isZero();
        assertThat(progress.applied()).isEqualTo(1);
    }

    @Test
    void whatTheSandboxLostIsAppliedFromTheBeginning() {
        progress.go("a", Optional.of("uid"));
        progress.next();
        assertThat(progress.isUnderWay("a", Optional.of("uid"))).isTrue();
        assertThat(progress.isUnderWay("a", Optional.empty())).isFalse();

        progress.go("a", Optional.of("another"));
        assertThat(progress.applied()).isZero();
    }

    @Test
    void aKindIsAwaitedForAWhile() {
        progress.go("a", Optional.of("uid"));

        assertThat(progress.awaits(NOW)).isTrue();
        assertThat(progress.awaits(NOW.plusSeconds(14))).isTrue();
        assertThat(progress.awaits(NOW.plusSeconds(15))).isFalse();
    }
}
