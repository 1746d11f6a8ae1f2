package dev.sandboxcluster.operator.sandbox.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How the threads are shared among the sandboxes that are looked after. */
class ThreadShareTest {

    private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");
    private static final Duration PASS = Duration.ofSeconds(1);

    private final ThreadShare share = new ThreadShare();

    @Test
    void whoTookLongWhileNobodyWaitedIsNotHeldUpWhenSomebodyDoes() {
        for (int i = 0; i < 600; i++) {
            share.take(PASS, false, NOW.plusSeconds(i));
        }

        assertThat(share.pause(true, NOW.plusSeconds(600))).isZero();
    }

    @Test
    void whoTakesLongWhileOthersWaitLeavesThreadsToThem() {
        for (int i = 0; i < 20; i++) {
            assertThat(share.pause(true, NOW)).isZero();
            share.take(PASS, true, NOW);
        }
        share.take(PASS, true, NOW);

        assertThat(share.pause(true, NOW)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
        assertThat(share.pause(false, NOW)).isZero();
    }

    @Test
    void aPauseIsNeverLong() {
        share.take(Duration.ofMinutes(10), true, NOW);

        assertThat(share.pause(true, NOW)).isEqualTo(Duration.ofSeconds(15));
    }
}
