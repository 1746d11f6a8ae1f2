package dev.sandboxcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LookAgainTest {

    private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");

    @Test
    void whatIsExpectedFirstCounts() {
        assertThat(LookAgain.earliest(NOW, Stream.of(NOW.plusSeconds(90), NOW.plusSeconds(15), NOW.plusSeconds(300))))
                .contains(Duration.ofSeconds(15));
    }

    @Test
    void whatIsDueIsLookedAtSoonButNotWithoutPause() {
        assertThat(LookAgain.earliest(NOW, Stream.of(NOW.minusSeconds(3)))).contains(Duration.ofSeconds(2));
    }

    @Test
    void whatIsStuckIsLookedAtAfterAsLongAgain() {
        assertThat(Stream.of(0, 5, 90, 3600)
                        .map(Duration::ofSeconds)
                        .map(stuck -> LookAgain.pace(stuck, Duration.ofMinutes(10))))
                .containsExactly(
                        Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(90), Duration.ofMinutes(10));
    }

    @Test
    void whatIsFarAwayDoesNotPutOffTheRegularLook() {
        assertThat(LookAgain.earliest(NOW, Stream.of(NOW.plus(Duration.ofDays(243)))))
                .isEmpty();
        assertThat(LookAgain.earliest(NOW, Stream.empty())).isEmpty();
    }
}
