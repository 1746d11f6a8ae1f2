package dev.sandboxcluster.operator.sandbox.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.operator.sandbox.probe.Pace.Doubtful;
import dev.sandboxcluster.operator.sandbox.probe.Pace.Lost;
import dev.sandboxcluster.operator.sandbox.probe.Pace.Starting;
import dev.sandboxcluster.operator.sandbox.probe.Pace.Steady;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final ProbeSettings SETTINGS = ProbeSettings.DEFAULT;
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void fastWhileStartingAndEverSlowerWhenThatTakesLong() {
        Pace starting = new Starting(BEGIN).after(false, BEGIN.plusSeconds(19));

        assertThat(starting.interval(SETTINGS, BEGIN.plusSeconds(19))).isEqualTo(Duration.ofMillis(100));
        assertThat(starting.interval(SETTINGS, BEGIN.plusSeconds(20))).isEqualTo(Duration.ofSeconds(1));
        assertThat(starting.interval(SETTINGS, BEGIN.plusSeconds(60))).isEqualTo(Duration.ofSeconds(3));
        assertThat(starting.interval(SETTINGS, BEGIN.plusSeconds(3600))).isEqualTo(Duration.ofSeconds(30));
        assertThat(starting.available()).isFalse();
    }

    @Test
    void heartbeatsOnceAvailable() {
        Pace steady = new Starting(BEGIN).after(true, BEGIN);

        assertThat(steady).isEqualTo(new Steady());
        assertThat(steady.interval(SETTINGS, BEGIN)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void whatCanWaitIsSpreadWhereThereAreVeryMany() {
        assertThat(SETTINGS.among(200, Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(10));
        assertThat(SETTINGS.among(1000, Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(50));
        assertThat(SETTINGS.among(200, Duration.ofSeconds(30))).isEqualTo(Duration.ofSeconds(30));
        assertThat(SETTINGS.among(1000, Duration.ofSeconds(30))).isEqualTo(Duration.ofSeconds(50));
        assertThat(SETTINGS.among(1000, Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void thoseThatHaveBeenFailingForSomeTimeShareTheRate() {
        assertThat(SETTINGS.lingers(SETTINGS.growing(Duration.ofSeconds(19)))).isFalse();
        assertThat(SETTINGS.lingers(SETTINGS.growing(Duration.ofSeconds(20)))).isTrue();
        assertThat(SETTINGS.amongFailing(1, Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(1));
        assertThat(SETTINGS.amongFailing(200, Duration.ofSeconds(6))).isEqualTo(Duration.ofSeconds(20));
        assertThat(SETTINGS.amongFailing(1000, Duration.ofSeconds(30))).isEqualTo(Duration.ofSeconds(100));
    }

    @Test
    void oneFailureIsLookedAtAgainSoon() {
        Pace doubtful = new Steady().after(false, BEGIN);

        assertThat(doubtful).isEqualTo(new Doubtful());
        assertThat(doubtful.available()).isTrue();
        assertThat(doubtful.interval(SETTINGS, BEGIN)).isEqualTo(Duration.ofMillis(500));
        assertThat(doubtful.after(true, BEGIN)).isEqualTo(new Steady());
    }

    @Test
    void theSecondFailureIsALoss() {
        Pace lost = new Doubtful().after(false, BEGIN).after(false, BEGIN.plusSeconds(30));

        assertThat(lost).isEqualTo(new Lost(BEGIN));
        assertThat(lost.available()).isFalse();
        assertThat(lost.interval(SETTINGS, BEGIN.plusSeconds(19))).isEqualTo(Duration.ofMillis(100));
        assertThat(lost.interval(SETTINGS, BEGIN.plusSeconds(60))).isEqualTo(Duration.ofSeconds(3));
        assertThat(lost.after(true, BEGIN)).isEqualTo(new Steady());
    }

    @Test
    void intervalsVaryByAFifth() {
        assertThat(ProbeSettings.jitter(Duration.ofSeconds(10), 0)).isEqualTo(Duration.ofSeconds(8));
        assertThat(ProbeSettings.jitter(Duration.ofSeconds(10), 1)).isEqualTo(Duration.ofSeconds(12));
    }
}
