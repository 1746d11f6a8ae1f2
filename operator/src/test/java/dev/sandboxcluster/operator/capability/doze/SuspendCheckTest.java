package dev.sandboxcluster.operator.capability.doze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.operator.capability.doze.plan.Order;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuspendCheckTest extends SleepFixture {

    private static final String PERSISTENT = "expose: {type: Router}\nstorage: {type: Persistent}\nlifetime: ";

    @BeforeEach
    void suspendsAfterAnHour() {
        spec = PERSISTENT + "{suspendAfterIdle: 1h, dozeAfter: 10m}";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            -                    | 2026-11-26T09:00:59Z | false
            -                    | 2026-11-26T09:01:00Z | true
            2026-11-26T09:30:00Z | 2026-11-26T10:29:59Z | false
            2026-11-26T09:30:00Z | 2026-11-26T10:30:00Z | true
            """)
    void tellsTheRouterOnceNobodyHasBeenConnectedForSoLong(String lastUsedAt, Instant when, boolean suspended) {
        route = Optional.of(route(State.Awake, null, lastUsedAt, null));
        now = when;

        Optional<Suspension> suspension = check();

        assertThat(suspension.isPresent()).isEqualTo(suspended);
        suspension.ifPresent(told -> {
            assertThat(told.sleep().state()).isEqualTo(State.Suspended);
            assertThat(told.suspend()).as("the router had no time to look").isFalse();
            assertThat(told.lookAgain()).contains(now.plusSeconds(2));
        });
    }

    @Test
    void isLookedAtWhenItIsDue() {
        route = Optional.of(route(State.Awake, null, "2026-11-26T09:30:00Z", null));

        assertThat(SuspendCheck.lookAgain(settings(), situation(), known()))
                .contains(Instant.parse("2026-11-26T10:30:00Z"));
    }

    @Test
    void aDozingOneIsSuspendedToo() {
        route = Optional.of(route(State.Dozing, "c1", null, null));
        conditions =
                List.of(condition(ConditionType.Ready, "True", READY), condition(ConditionType.Dozing, "True", now));

        assertThat(check().orElseThrow().sleep().containerID())
                .as("its processes are to go on if somebody comes now")
                .contains("c1");
    }

    @Test
    void aDozingOneIsNotWhereSomebodyCame() {
        route = Optional.of(route(State.Dozing, "c1", null, GENERATION));

        assertThat(check()).isEmpty();
    }

    @Test
    void itsPodIsStoppedOnceTheRouterHadTimeToSayThatSomebodyIsThere() {
        route = Optional.of(route(State.Suspended, null, null, null));
        fellAsleepAt = Optional.of(now.minusMillis(1999));

        assertThat(check().orElseThrow().suspend()).isFalse();
        now = now.plusMillis(1);
        assertThat(check().orElseThrow().suspend()).isTrue();
    }

    @Test
    void staysSuspendedWithoutAPodAndAfterARestartOfTheOperator() {
        route = Optional.of(route(State.Suspended, null, null, GENERATION - 1));
        pod = Optional.empty();
        conditions = List.of(condition(ConditionType.Ready, "False", READY));
        observed = 2;

        assertThat(check().orElseThrow().suspend()).isTrue();
    }

    /** An operator that takes over has seen nothing yet: it starts no pod to stop it a moment later. */
    @Test
    void staysSuspendedWhereItsPodIsOnlyAboutToEnd() {
        route = Optional.of(route(State.Suspended, null, null, null));
        fellAsleepAt = Optional.of(now);
        pod.orElseThrow().getMetadata().setDeletionTimestamp(now.toString());

        assertThat(check().orElseThrow().suspend()).isTrue();
    }

    @Test
    void isSuspendedThoughItsPodIsAsAnEarlierReleaseMadeIt() {
        conditions = List.of(condition(ConditionType.Ready, "True", READY), outdated());

        assertThat(check()).isPresent();
    }

    @Test
    void whoComesGetsItsPodBack() {
        route = Optional.of(route(State.Suspended, null, null, GENERATION));
        pod = Optional.empty();

        assertThat(check()).isEmpty();
        assertThat(DozeCheck.check(settings(), situation(), known()).sleep().state())
                .isEqualTo(State.Awake);
    }

    @Test
    void whoComesBeforeItsPodIsStoppedHasItGoOn() {
        route = Optional.of(route(State.Suspended, "c1", null, GENERATION));

        Doze doze = DozeCheck.check(settings(), situation(), known());

        assertThat(check()).isEmpty();
        assertThat(doze.order()).contains(Order.CONTINUE);
        assertThat(doze.sleep().state()).as("not awake before it goes on").isEqualTo(State.Dozing);
    }

    @Test
    void whatIsNotToBeSuspendedAnyMoreGetsItsPodBack() {
        spec = PERSISTENT + "{suspendAfterIdle: 0s}";
        route = Optional.of(route(State.Suspended, null, null, null));

        assertThat(check()).isEmpty();
    }

    @Test
    void isNotSuspendedWhileSomethingIsUnderWay() {
        conditions = List.of(condition(ConditionType.Ready, "False", READY));

        assertThat(check()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            expose: {type: NodePort}, storage: {type: Persistent}, lifetime: {suspendAfterIdle: 1h} | false | RouterNeeded
            expose: {type: Router}, lifetime: {suspendAfterIdle: 1h}                               | false | PersistentStorageNeeded
            expose: {type: Router}, storage: {type: Persistent}, lifetime: {suspendAfterIdle: 1h}  | true  | ExternalWorkersEnabled
            """)
    void saysWhyItIsNotSuspended(String wanted, boolean machines, String reason) {
        spec = wanted.replace("}, ", "}\n");
        workers = machines;

        assertThat(SuspendCheck.misplaced(settings()).orElseThrow().reason()).isEqualTo(reason);
        assertThat(check()).isEmpty();
    }

    private Optional<Suspension> check() {
        return SuspendCheck.check(settings(), situation(), known());
    }
}
