package dev.sandboxcluster.operator.capability.doze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.operator.capability.doze.plan.Silence;
import dev.sandboxcluster.operator.sandbox.Observation;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HangCheckTest extends SleepFixture {

    private static final Observation SILENT = new Observation.Failing(EndpointFailure.NoAnswer, "nobody answers");

    private boolean resting;
    private Optional<String> answered = Optional.empty();
    private Observation seen = SILENT;

    @BeforeEach
    void doesNotAnswer() {
        started(true);
        conditions = List.of(condition(ConditionType.EndpointReachable, "False", LATER));
    }

    @Test
    void isSuspiciousOnceItHasNotAnsweredForHalfAMinute() {
        assertThat(suspiciousAt()).contains(LATER.plusSeconds(30));
    }

    @Test
    void isNoneWhileItDozes() {
        resting = true;

        assertThat(suspiciousAt()).isEmpty();
    }

    @Test
    void isNoneThatAnswers() {
        seen = new Observation.Available("v1.33.5");

        assertThat(suspiciousAt()).isEmpty();
    }

    @Test
    void oneThatDidUntilNowIsSuspiciousInHalfAMinute() {
        conditions = List.of(condition(ConditionType.EndpointReachable, "True", LATER.minusSeconds(100)));

        assertThat(suspiciousAt()).contains(situation().now().plusSeconds(30));
    }

    @Test
    void isNoneThatNobodyDialled() {
        conditions = List.of(condition(ConditionType.EndpointReachable, "True", LATER));
        seen = null;

        assertThat(suspiciousAt()).isEmpty();
    }

    @Test
    void isTheKubeletsBusinessWhileItStarts() {
        started(false);

        assertThat(suspiciousAt()).isEmpty();

        answered = Optional.of("the one before");
        assertThat(suspiciousAt()).isEmpty();
    }

    @Test
    void isTheKubeletsBusinessWhereNoContainerCouldBeStarted() {
        pod = pod.map(present -> new PodBuilder(present)
                .editStatus()
                .editFirstContainerStatus()
                .withContainerID(null)
                .withStarted(false)
                .endContainerStatus()
                .endStatus()
                .build());
        answered = Optional.of("the one before");

        assertThat(suspiciousAt()).isEmpty();
    }

    @Test
    void isSuspiciousIfItAnsweredTheOperatorAndNeverItsKubelet() {
        started(false);
        answered = Optional.of(situation().container().orElseThrow().getContainerID());

        assertThat(suspiciousAt()).contains(LATER.plusSeconds(30));
    }

    @Test
    void isTheKubeletsBusinessWhereThatLooks() {
        pod = pod.map(present -> new PodBuilder(present)
                .editSpec()
                .editFirstContainer()
                .withLivenessProbe(new ProbeBuilder().build())
                .endContainer()
                .endSpec()
                .build());

        assertThat(suspiciousAt()).isEmpty();
    }

    @Test
    void isLeftAloneWithoutTheRight() {
        permitted = false;

        assertThat(suspiciousAt()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
             0, 0, -,                    false
            29, 4, -,                    false
            30, 4, -,                    true
            60, 1, -,                    false
            60, 2, -,                    false
            60, 3, -,                    true
            30, 4, 2026-11-26T09:55:01Z, false
            30, 4, 2026-11-26T09:55:00Z, true
            """)
    void isStartedAnewAfterHalfAMinuteOfLooksInVainAndNotAgainForFive(
            int seconds, int looks, Instant restartedAt, boolean hangs) {
        Instant last = LATER.minusSeconds(5);
        Optional<Silence> silence = Optional.of(new Silence(last.minusSeconds(seconds), last, looks))
                .filter(any -> looks > 0);

        assertThat(HangCheck.hangs(LATER, silence, Optional.ofNullable(restartedAt)))
                .isEqualTo(hangs);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            2026-11-26T09:59:50Z, -,                    10
            2026-11-26T09:59:00Z, -,                    60
            2026-11-26T09:59:00Z, 2026-11-26T09:59:50Z, 10
            """)
    void oneThatLivesIsLookedAtLessOften(Instant suspiciousAt, Instant silentSince, int seconds) {
        Optional<Silence> silence = Optional.ofNullable(silentSince).map(since -> new Silence(since, since, 1));

        assertThat(HangCheck.lookAgain(LATER, suspiciousAt, silence)).isEqualTo(LATER.plusSeconds(seconds));
    }

    private void started(boolean started) {
        pod = Optional.of(new PodBuilder(pod("c1"))
                .editStatus()
                .editFirstContainerStatus()
                .withStarted(started)
                .endContainerStatus()
                .endStatus()
                .build());
    }

    private Optional<Instant> suspiciousAt() {
        return HangCheck.suspiciousAt(settings(), situation(), resting, answered, Optional.ofNullable(seen));
    }
}
