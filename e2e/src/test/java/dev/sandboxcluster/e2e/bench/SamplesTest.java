package dev.sandboxcluster.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplesTest {

    @Test
    void theMedianIsTheOneInTheMiddleOrBetweenTheTwo() {
        assertThat(Samples.of(5).median()).isEqualTo(5);
        assertThat(Samples.of(9, 1, 4).median()).isEqualTo(4);
        assertThat(Samples.of(9, 1, 4, 5).median()).isEqualTo(4.5);
    }

    @Test
    void samplesAreOrderedByValueAndNotAsWords() {
        Samples samples = Samples.of(10, 9, 100);

        assertThat(samples.median()).isEqualTo(10);
        assertThat(samples.min()).isEqualTo(9);
        assertThat(samples.max()).isEqualTo(100);
    }

    @Test
    void samplesAreComparedInPairs() {
        Samples one = Samples.of(6, 8, 12);
        Samples other = Samples.of(5, 4, 6);

        assertThat(one.minus(other).median()).isEqualTo(4);
        assertThat(one.minus(other).min()).isEqualTo(1);
        assertThat(one.dividedBy(other).median()).isEqualTo(2);
        assertThat(one.dividedBy(other).min()).isEqualTo(1.2);
        assertThatThrownBy(() -> one.minus(Samples.of(1))).hasMessage("3 samples have no pairs in 1");
    }

    @Test
    void aPercentileIsOneOfTheSamples() {
        Samples samples =
                Samples.of(IntStream.rangeClosed(1, 100).asDoubleStream().toArray());

        assertThat(samples.percentile(99)).isEqualTo(99);
        assertThat(samples.percentile(50)).isEqualTo(50);
        assertThat(Samples.of(3, 1, 2).percentile(99)).isEqualTo(3);
    }

    @Test
    void samplesAreAddedRunByRun() {
        Samples samples = Samples.of();
        assertThatThrownBy(samples::median).hasMessage("nothing was measured");

        samples.add(2);
        samples.add(1);

        assertThat(samples.last()).isEqualTo(1);
        assertThat(samples.count()).isEqualTo(2);
    }
}
