package dev.sandboxcluster.operator.verdict;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a stage of a reconciliation came to.
 *
 * @param value what later stages build on
 * @param problem what keeps the sandbox from being what its spec says, if this stage met anything: a verdict that does
 *     not hold
 * @param conditions the verdicts to report, by the condition that they are about
 * @param lookAgain when to reconcile again though nothing happens; empty: what goes on will wake the reconciler
 * @param unclear whether a later look may find out more though nothing happens
 */
public record Outcome<T>(
        T value,
        Optional<Verdict> problem,
        Map<ConditionType, Verdict> conditions,
        Optional<Instant> lookAgain,
        boolean unclear) {

    /** All went well, and there is nothing to report. */
    public static <T> Outcome<T> of(T value) {
        return new Outcome<>(value, Optional.empty(), Map.of(), Optional.empty(), false);
    }

    /** What was to be written is there, or something is in the way. */
    public static Outcome<Void> written(Optional<Verdict> problem) {
        return Outcome.<Void>of(null).withProblem(problem);
    }

    /** The same with what is in the way. */
    public Outcome<T> withProblem(Optional<Verdict> found) {
        return new Outcome<>(value, found, conditions, lookAgain, unclear);
    }

    /** The same with one more verdict to report. */
    public Outcome<T> reporting(ConditionType type, Verdict verdict) {
        Map<ConditionType, Verdict> more = new EnumMap<>(ConditionType.class);
        more.putAll(conditions);
        more.put(type, verdict);
        return new Outcome<>(value, problem, more, lookAgain, unclear);
    }

    /** The same with a time to look again. */
    public Outcome<T> lookingAgain(Optional<Instant> at) {
        return new Outcome<>(value, problem, conditions, at, unclear);
    }

    /** The same, where a later look may find out more. */
    public Outcome<T> unclear(boolean moreToFind) {
        return new Outcome<>(value, problem, conditions, lookAgain, moreToFind);
    }
}
