package dev.sandboxcluster.operator.verdict;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The conditions of a status that is being written. {@code lastTransitionTime} moves only when a condition's status
 * changes, as the Kubernetes API conventions have it.
 */
public final class Conditions {

    private final List<Condition> previous;
    private final Long generation;
    private final Instant now;
    private final List<Condition> written = new ArrayList<>();

    /**
     * Starts an empty list.
     *
     * @param previous the conditions that are in the status now
     * @param generation the generation of the spec that the new ones are about
     */
    public Conditions(List<Condition> previous, Long generation, Instant now) {
        this.previous = List.copyOf(previous);
        this.generation = generation;
        this.now = now.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Adds a condition. */
    public Conditions add(ConditionType type, Verdict verdict) {
        String since = previous(previous, type)
                .filter(condition ->
                        condition.getStatus().equals(verdict.status().name()))
                .map(Condition::getLastTransitionTime)
                .orElse(now.toString());
        written.add(new ConditionBuilder()
                .withType(type.name())
                .withStatus(verdict.status().name())
                .withReason(verdict.reason())
                .withMessage(verdict.message())
                .withObservedGeneration(generation)
                .withLastTransitionTime(since)
                .build());
        return this;
    }

    /** Adds a condition as it was, if it was there. */
    public Conditions keep(ConditionType type) {
        previous(previous, type).ifPresent(written::add);
        return this;
    }

    /** The list. */
    public List<Condition> build() {
        return List.copyOf(written);
    }

    /** The condition of a type in a list, if it is there. */
    public static Optional<Condition> previous(List<Condition> conditions, ConditionType type) {
        return conditions.stream()
                .filter(condition -> condition.getType().equals(type.name()))
                .findFirst();
    }

    /** A condition's content as a verdict. */
    public static Verdict verdict(Condition condition) {
        return new Verdict(
                Verdict.Status.valueOf(condition.getStatus()), condition.getReason(), condition.getMessage());
    }
}
