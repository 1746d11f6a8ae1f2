package dev.sandboxcluster.operator.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @Test
    void someAtOnceAndThenAtARate() {
        TokenBucket bucket = new TokenBucket(3, 0.5);
        for (int i = 0; i < 3; i++) {
            assertThat(bucket.wait(NOW)).isZero();
            bucket.take(1, NOW);
        }
        assertThat(bucket.wait(NOW)).isPositive().isLessThan(Duration.ofSeconds(1));
        assertThat(bucket.wait(NOW.plusSeconds(1))).isZero();

        bucket.take(1, NOW.plusSeconds(2));
        assertThat(bucket.wait(NOW.plusSeconds(2))).isPositive();
        assertThat(bucket.wait(NOW.plusSeconds(5))).isZero();
    }

    @Test
    void whatWasTakenInAdvanceIsWaitedFor() {
        TokenBucket bucket = new TokenBucket(5, 0.1);
        bucket.take(15, NOW);

        assertThat(bucket.wait(NOW)).isBetween(Duration.ofSeconds(100), Duration.ofSeconds(101));
        assertThat(bucket.wait(NOW.plusSeconds(3600))).isZero();
    }
}
