package dev.sandboxcluster.operator.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is said of those who use a sandbox, and when: no more than is needed, and nothing of what nobody uses. */
class ActivityTest {

    private final Activity activity = new Activity();
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private Route route = route(7, State.Awake, null, null);

    @Test
    void nothingIsSaidOfWhatNobodyUses() {
        assertThat(due()).isEmpty();
        assertThat(activity.over(route, now)).isTrue();
    }

    @Test
    void theFirstUseIsSaidAtOnceAndThenOnceAMinute() {
        activity.opened(now);
        write(false);
        activity.opened(now);
        pass(59);
        assertThat(due()).isEmpty();
        pass(1);
        write(false);
        pass(30);
        assertThat(due()).isEmpty();
        pass(30);
        write(false);
    }

    @Test
    void theLastEndIsSaidIfTheLastReportIsHalfAsOld() {
        activity.opened(now);
        write(false);
        pass(29);
        activity.closed(now);
        assertThat(due()).isEmpty();
        assertThat(activity.over(route, now))
                .as("what was written may not be seen yet")
                .isFalse();
        pass(2);
        assertThat(due()).as("nothing is written for what nobody uses").isEmpty();

        activity.opened(now);
        activity.opened(now);
        activity.closed(now);
        assertThat(due()).as("somebody is still there").isEmpty();
        activity.closed(now);
        Instant end = now;
        pass(1);
        assertThat(due()).map(Report::lastUsedAt).contains(end);
        write(false);
        pass(60);
        assertThat(activity.over(route, now)).isTrue();
    }

    @Test
    void whatAnotherRouterSaidIsNotSaidAgain() {
        route = route(7, State.Awake, now.minusSeconds(20), null);
        activity.opened(now);
        assertThat(due()).isEmpty();
        pass(40);
        write(false);
    }

    /** A clock that was put back, or another router whose clock is ahead. */
    @Test
    void aReportOfTheFutureSilencesNobody() {
        route = route(7, State.Awake, now.plusSeconds(86_400), null);
        activity.opened(now);
        write(false);
        pass(-3600);
        write(false);
    }

    @Test
    void whatIsAsleepIsDemandedAtOnceAndOnceWithItsUse() {
        for (State asleep : List.of(State.Dozing, State.Suspended)) {
            route = route(route.generation() + 1, asleep, now, null);
            activity.opened(now);
            write(true);
            assertThat(due()).isEmpty();
            route = route(route.generation(), asleep, now, route.generation());
            pass(30);
            assertThat(due()).isEmpty();
            activity.closed(now);
        }
    }

    /** The operator waits until nobody is there, but somebody may come while it sees to it. */
    @Test
    void whatFallsAsleepUnderAConnectionIsDemanded() {
        activity.opened(now);
        write(false);
        route = route(8, State.Dozing, now, 7L);
        write(true);
    }

    /** It woke and fell asleep again, or only its addresses changed: it is looked at anew. */
    @Test
    void anotherGenerationThatSleepsIsDemandedAnew() {
        activity.opened(now);
        route = route(8, State.Suspended, null, null);
        write(true);
        route = route(9, State.Suspended, now, 8L);
        write(true);
    }

    @Test
    void aDemandThatAnotherRouterOverwroteIsMadeAgain() {
        activity.opened(now);
        route = route(8, State.Dozing, null, null);
        write(true);
        route = route(8, State.Dozing, now, 7L);
        assertThat(due()).as("it may not be seen yet").isEmpty();
        pass(2);
        write(true);
    }

    @Test
    void nobodyIsThereNothingIsDemanded() {
        activity.opened(now);
        write(false);
        activity.closed(now);
        route = route(8, State.Dozing, now, null);
        assertThat(due()).isEmpty();
    }

    @Test
    void whatFailsIsTriedAgainLessAndLessOftenAndIsNotForgotten() {
        activity.opened(now);
        activity.closed(now);
        Duration last = Duration.ZERO;
        for (int attempt = 0; attempt < 8; attempt++) {
            assertThat(due()).isPresent();
            activity.writing();
            assertThat(due()).as("no more than one at a time").isEmpty();
            Duration backoff = activity.failed(now);
            assertThat(backoff).isGreaterThanOrEqualTo(last).isBetween(Duration.ofMillis(250), Duration.ofSeconds(5));
            assertThat(due()).isEmpty();
            assertThat(activity.over(route, now)).isFalse();
            now = now.plus(backoff);
            last = backoff;
        }
        write(false);
        activity.opened(now);
        assertThat(due()).isEmpty();
    }

    /** The operator stops it a second after it is idle, by what was written in whole seconds; who looks is a second late. */
    @Test
    void whoIsNotSaidToBeThereIsUnseenBeforeTheOperatorTakesItForIdle() {
        for (Duration every : List.of(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(60))) {
            long idle = Math.max(10, 2 * every.toSeconds());
            route = every(every, null);
            activity.opened(now);
            write(false);
            pass(idle - 3);
            assertThat(due()).isPresent();
            assertThat(activity.unseen(route, now)).isFalse();
            pass(1);
            assertThat(activity.unseen(route, now)).isTrue();
            write(false);
            assertThat(activity.unseen(route, now)).isFalse();
            activity.closed(now);
            assertThat(activity.unseen(route, now)).as("nobody is there").isFalse();
            pass(120);
        }
    }

    @Test
    void itIsUnsaidFromWhenItIsDueHoweverLongItWaitsForItsTurn() {
        activity.opened(now);
        assertThat(activity.unsaidSince()).isEmpty();
        due();
        Instant since = now;
        pass(7);
        due();
        assertThat(activity.unsaidSince()).contains(since);
        activity.writing();
        activity.failed(now);
        assertThat(activity.unsaidSince()).contains(since);
        pass(1);
        write(false);
        assertThat(activity.unsaidSince()).isEmpty();
    }

    /** With two routers one is always the first to say it. */
    @Test
    void whomAnotherRouterSaysToBeThereIsSeen() {
        activity.opened(now);
        write(false);
        pass(60);
        due();
        activity.writing();
        activity.failed(now);
        for (int minute = 0; minute < 3; minute++) {
            route = every(Duration.ofSeconds(60), now);
            pass(59);
            assertThat(due()).isEmpty();
            assertThat(activity.unsaidSince()).isEmpty();
            pass(1);
            assertThat(due()).isPresent();
            activity.writing();
            assertThat(activity.unseen(route, now)).isFalse();
            activity.failed(now);
        }
        pass(58);
        assertThat(activity.unseen(route, now)).as("now neither says it").isTrue();
    }

    private void pass(long seconds) {
        now = now.plusSeconds(seconds);
    }

    private Optional<Report> due() {
        return activity.due(route, now);
    }

    private void write(boolean demand) {
        Report report = due().orElseThrow();
        assertThat(report.demandedGeneration())
                .isEqualTo(demand ? OptionalLong.of(route.generation()) : OptionalLong.empty());
        activity.writing();
        activity.written(report, now);
    }

    private static Route every(Duration every, Instant lastUsedAt) {
        return route(7, State.Awake, every, lastUsedAt, null);
    }

    private static Route route(long generation, State state, Instant lastUsedAt, Long demanded) {
        return route(generation, state, Duration.ofSeconds(60), lastUsedAt, demanded);
    }

    private static Route route(long generation, State state, Duration every, Instant lastUsedAt, Long demanded) {
        return new Route(
                new Route.Id("team", "a", "uid"),
                generation,
                Set.of(),
                Set.of(),
                List.of(),
                state,
                every,
                demanded == null ? OptionalLong.empty() : OptionalLong.of(demanded),
                Optional.ofNullable(lastUsedAt));
    }
}
