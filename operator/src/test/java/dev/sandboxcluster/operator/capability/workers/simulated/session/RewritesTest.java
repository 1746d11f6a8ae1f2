package dev.sandboxcluster.operator.capability.workers.simulated.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** With whom the operator doesn't fight. */
class RewritesTest {

    private final Rewrites rewrites = new Rewrites();
    private final Callout one = callout("one");
    private Instant now = Instant.parse("2026-11-26T10:00:00Z");

    @Test
    void thePauseGrowsWithEachTime() {
        assertThat(rewrites.pause(one, now)).isZero();
        for (int pause : List.of(2, 4, 8, 16, 32, 64, 128, 256, 300, 300)) {
            rewrites.written(one, now);
            assertThat(rewrites.pause(one, now)).isEqualTo(Duration.ofSeconds(pause));
            now = now.plusSeconds(pause);
            assertThat(rewrites.pause(one, now)).isZero();
        }
        assertThat(rewrites.pause(callout("other"), now)).isZero();
    }

    @Test
    void itIsOftenFromTheFourthTimeOnUntilThereIsPeace() {
        for (int time = 1; time <= 4; time++) {
            assertThat(rewrites.often(one, now)).isFalse();
            rewrites.written(one, now);
            now = now.plusSeconds(10);
        }
        assertThat(rewrites.often(one, now)).isTrue();
        now = now.plus(Duration.ofMinutes(10));
        assertThat(rewrites.often(one, now)).isFalse();
        assertThat(rewrites.pause(one, now)).isZero();
        rewrites.written(one, now);
        assertThat(rewrites.pause(one, now)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void notMoreAreRememberedThanThereIsRoomFor() {
        rewrites.written(one, now);
        for (int number = 0; number < 300; number++) {
            rewrites.written(callout("other-" + number), now);
        }
        assertThat(rewrites.pause(one, now)).isZero();
    }

    private static Callout callout(String name) {
        return new Callout(Kind.ValidatingWebhookConfiguration, name, "1", false, false, Map.of(), List.of());
    }
}
