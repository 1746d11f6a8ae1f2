package dev.sandboxcluster.operator.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {

    private static final Instant THEN = Instant.parse("2026-11-23T10:00:00.500Z");
    private static final Instant NOW = THEN.plusSeconds(60);

    @Test
    void theTimeMovesWithTheStatusAlone() {
        List<Condition> before = new Conditions(List.of(), 1L, THEN)
                .add(ConditionType.Ready, Verdict.fails("Starting", "a"))
                .add(ConditionType.StorageReady, Verdict.fails("Starting", "a"))
                .build();

        List<Condition> after = new Conditions(before, 2L, NOW)
                .add(ConditionType.Ready, Verdict.fails("CrashLoop", "b"))
                .add(ConditionType.StorageReady, Verdict.holds("Available", "b"))
                .build();

        assertThat(after)
                .extracting(Condition::getReason, Condition::getLastTransitionTime, Condition::getObservedGeneration)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("CrashLoop", "2026-11-23T10:00:00Z", 2L),
                        org.assertj.core.groups.Tuple.tuple("Available", "2026-11-23T10:01:00Z", 2L));
    }

    @Test
    void whatIsKeptIsKeptAsItWas() {
        List<Condition> before = new Conditions(List.of(), 1L, THEN)
                .add(ConditionType.ContentLost, Verdict.holds("PodReplaced", "a"))
                .build();

        assertThat(new Conditions(before, 2L, NOW)
                        .keep(ConditionType.ContentLost)
                        .keep(ConditionType.Ready)
                        .build())
                .isEqualTo(before);
    }
}
