package dev.sandboxcluster.e2e.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** What was measured in several runs, in their order. */
final class Samples {

    private double[] values;

    private Samples(double... values) {
        this.values = values;
    }

    static Samples of(double... values) {
        return new Samples(values.clone());
    }

    void add(double value) {
        values = DoubleStream.concat(Arrays.stream(values), DoubleStream.of(value))
                .toArray();
    }

    int count() {
        return values.length;
    }

    double last() {
        return values[values.length - 1];
    }

    double median() {
        List<Double> sorted = sorted();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    /** The smallest that so many of a hundred don't exceed. */
    double percentile(int percent) {
        return sorted().get((int) Math.ceil(percent / 100.0 * values.length) - 1);
    }

    double min() {
        return sorted().get(0);
    }

    double max() {
        return sorted().get(values.length - 1);
    }

    /** Run by run: the difference of medians is another figure. */
    Samples minus(Samples others) {
        return pairedWith(others, (one, other) -> one - other);
    }

    /** Run by run. */
    Samples dividedBy(Samples others) {
        return pairedWith(others, (one, other) -> one / other);
    }

    private Samples pairedWith(Samples others, DoubleBinaryOperator operator) {
        if (count() != others.count()) {
            throw new IllegalArgumentException(count() + " samples have no pairs in " + others.count());
        }
        return new Samples(IntStream.range(0, count())
                .mapToDouble(run -> operator.applyAsDouble(values[run], others.values[run]))
                .toArray());
    }

    private List<Double> sorted() {
        if (values.length == 0) {
            throw new IllegalStateException("nothing was measured");
        }
        return Arrays.stream(values).sorted().boxed().toList();
    }
}
