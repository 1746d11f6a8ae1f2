package dev.sandboxcluster.operator.capability.bootstrap.plan;

import java.util.Optional;

/**
 * What became of what is to be in a sandbox. Equal as long as nothing happened.
 *
 * @param wish what it is about; empty: nobody has looked
 * @param looked whether a pass for this wish has ended
 * @param history what is known of former passes, those of other wishes too
 * @param applied how many objects of this wish are there
 * @param total of how many; equal, and no chart: all is there, and it is written down
 * @param chart which is to be installed now, as all objects are there; empty: none is, or not yet
 * @param attempts how often it failed in a row, up to {@value #MANY}
 * @param failure why it isn't all there
 */
public record BootstrapReport(
        Optional<BootstrapPlan.Wish> wish,
        boolean looked,
        History history,
        int applied,
        int total,
        Optional<ChartRun> chart,
        int attempts,
        Optional<Failure> failure) {

    /** More attempts are not counted: that a thing goes on failing is no news. */
    public static final int MANY = 10;

    /** Nothing is known yet. */
    public static final BootstrapReport UNKNOWN =
            new BootstrapReport(Optional.empty(), false, History.UNKNOWN, 0, 0, Optional.empty(), 0, Optional.empty());

    /** Whether all of some wish was ever applied in what the sandbox now has in it. */
    public enum History {
        UNKNOWN,
        NEVER,
        ONCE
    }

    /**
     * What keeps an object from being applied.
     *
     * @param reason of the condition
     * @param what one or more sentences, without a full stop at the end
     */
    public record Failure(String reason, String what) {}

    /** All of it is there. */
    public static BootstrapReport complete(BootstrapPlan.Wish wish) {
        return new BootstrapReport(Optional.of(wish), true, History.ONCE, 0, 0, Optional.empty(), 0, Optional.empty());
    }

    /** A part of it is there, and nothing keeps the others from coming. */
    public static BootstrapReport applying(BootstrapPlan.Wish wish, History history, int applied, int total) {
        return new BootstrapReport(
                Optional.of(wish), true, history, applied, total, Optional.empty(), 0, Optional.empty());
    }

    /** All objects are there, and a chart is not. */
    public static BootstrapReport installing(BootstrapPlan.Wish wish, History history, int total, ChartRun chart) {
        return new BootstrapReport(
                Optional.of(wish), true, history, total, total, Optional.of(chart), 0, Optional.empty());
    }

    /** A part of it is there, and something keeps the others from coming. */
    public static BootstrapReport failing(
            BootstrapPlan.Wish wish, History history, int applied, int total, int attempts, Failure failure) {
        return new BootstrapReport(
                Optional.of(wish),
                true,
                history,
                applied,
                total,
                Optional.empty(),
                Math.min(attempts, MANY),
                Optional.of(failure));
    }

    /** What is left of it under a wish: all, if that is the same. */
    public BootstrapReport under(BootstrapPlan.Wish other) {
        if (wish.filter(other::equals).isPresent()) {
            return this;
        }
        boolean sameLife = wish.filter(it -> it.life().equals(other.life())).isPresent();
        return new BootstrapReport(
                Optional.of(other),
                false,
                sameLife ? history : History.UNKNOWN,
                0,
                0,
                Optional.empty(),
                0,
                Optional.empty());
    }

    /** The same with what keeps the operator from knowing better. */
    public BootstrapReport failed(Failure why) {
        return new BootstrapReport(wish, looked, history, applied, total, chart, attempts, Optional.of(why));
    }

    /** Whether all that is wished for was applied. */
    public boolean complete() {
        return looked && failure.isEmpty() && chart.isEmpty() && applied == total;
    }
}
