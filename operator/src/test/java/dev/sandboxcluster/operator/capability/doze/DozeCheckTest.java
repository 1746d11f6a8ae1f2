package dev.sandboxcluster.operator.capability.doze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.operator.capability.doze.plan.Execution;
import dev.sandboxcluster.operator.capability.doze.plan.Order;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DozeCheckTest extends SleepFixture {

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            -                    | 2026-11-26T08:10:59Z | InUse  | 2026-11-26T08:11:00Z
            -                    | 2026-11-26T08:11:00Z | Dozing | 2026-11-26T08:11:01Z
            2026-11-26T08:00:30Z | 2026-11-26T08:11:00Z | Dozing | 2026-11-26T08:11:01Z
            2026-11-26T09:55:00Z | 2026-11-26T10:04:59Z | InUse  | 2026-11-26T10:05:00Z
            2026-11-26T09:55:00Z | 2026-11-26T10:05:00Z | Dozing | 2026-11-26T10:05:01Z
            """)
    void dozesOnceNobodyHasBeenConnectedForSoLong(String lastUsedAt, Instant when, String reason, Instant lookAgain) {
        route = Optional.of(route(State.Awake, null, lastUsedAt, null));
        now = when;

        Doze doze = check();

        assertThat(doze.verdict().orElseThrow().reason()).isEqualTo(reason);
        assertThat(doze.lookAgain()).contains(lookAgain);
        assertThat(doze.order()).isEmpty();
        boolean dozes = reason.equals(Reason.DOZING);
        assertThat(doze.resting()).isEqualTo(dozes);
        assertThat(doze.sleep().state()).isEqualTo(dozes ? State.Dozing : State.Awake);
        assertThat(doze.sleep().containerID()).isEqualTo(Optional.of("c1").filter(any -> dozes));
    }

    @Test
    void staysAwakeForSoLongAfterItWoke() {
        conditions = List.of(
                condition(ConditionType.Ready, "True", READY),
                condition(ConditionType.Dozing, "False", LATER.minusSeconds(599)));

        assertAwake(Reason.IN_USE);
    }

    @Test
    void sleepsOnWhereTheRouterAloneIsAway() {
        route = Optional.of(route(State.Dozing, "c1", null, null));
        last = Optional.of(Execution.begun(Order.STOP, "c1").ended(Optional.empty(), now));
        String away = EndpointFailure.RouterUnavailable.name();
        conditions = List.of(unmet(ConditionType.Ready, away), unmet(ConditionType.EndpointReachable, away));

        assertThat(check().resting()).isTrue();

        route = Optional.of(route(State.Awake, null, null, null));
        last = Optional.empty();
        assertAwake(Reason.NOT_SETTLED);
    }

    @Test
    void itsProcessesAreStoppedOnceTheRouterHadTimeToSayThatSomebodyIsThere() {
        route = Optional.of(route(State.Dozing, "c1", null, null));
        fellAsleepAt = Optional.of(now.minusMillis(999));

        Doze early = check();

        assertThat(early.order()).isEmpty();
        assertThat(early.lookAgain()).contains(now.plusMillis(1));
        assertThat(early.resting()).isTrue();
        now = now.plusMillis(1);
        assertThat(check().order()).contains(Order.STOP);
    }

    @Test
    void anOperatorThatWasRestartedStopsThemAgain() {
        route = Optional.of(route(State.Dozing, "c1", null, null));

        assertThat(check().order()).contains(Order.STOP);
        assertThat(check().resting()).isTrue();
    }

    @Test
    void itDozesThoughItsPodIsAsAnEarlierReleaseMadeIt() {
        conditions = List.of(condition(ConditionType.Ready, "True", READY), outdated());

        assertThat(check().resting()).isTrue();
    }

    /** It asks, and ends what doesn't answer. */
    @Test
    void oneWhoseNodeAsksWhetherItHasStartedIsAwake() {
        route = Optional.of(route(State.Dozing, "c1", null, null));
        pod.orElseThrow().getStatus().getContainerStatuses().get(0).setStarted(false);

        assertThat(check().order()).contains(Order.CONTINUE);
        assertThat(check().verdict().orElseThrow().reason()).isEqualTo(Reason.NOT_SETTLED);
    }

    @Test
    void theyAreStoppedOnce() {
        route = Optional.of(route(State.Dozing, "c1", null, null));
        last = Optional.of(Execution.begun(Order.STOP, "c1").ended(Optional.empty(), now));

        assertThat(check().order()).isEmpty();
        assertThat(check().resting()).isTrue();
    }

    @Test
    void whoComesWhileItDozesWakesIt() {
        route = Optional.of(route(State.Dozing, "c1", null, GENERATION));
        last = Optional.of(Execution.begun(Order.STOP, "c1").ended(Optional.empty(), now));

        Doze waking = check();

        assertThat(waking.order()).contains(Order.CONTINUE);
        assertThat(waking.verdict().orElseThrow().reason()).isEqualTo(Reason.IN_USE);
        assertThat(waking.sleep().state()).as("not before they go on").isEqualTo(State.Dozing);
        assertThat(waking.resting()).isFalse();
        last = Optional.of(Execution.begun(Order.CONTINUE, "c1").ended(Optional.empty(), now));
        assertAwake(Reason.IN_USE);
        assertThat(check().lookAgain())
                .as("nothing may happen until it dozes again")
                .contains(now.plusSeconds(600));
    }

    @Test
    void whatIsUnderWayIsLookedAtAgain() {
        conditions = List.of(condition(ConditionType.Ready, "False", READY));

        assertThat(check().lookAgain())
                .as("nobody tells that it may doze from now on")
                .contains(now.plusSeconds(600));
    }

    @Test
    void whoCameWhileItSleptTheLastTimeDoesNot() {
        route = Optional.of(route(State.Dozing, "c1", null, GENERATION - 1));

        assertThat(check().resting()).isTrue();
    }

    @Test
    void whoComesBeforeTheyAreStoppedFindsThemAsTheyWere() {
        route = Optional.of(route(State.Dozing, "c1", null, GENERATION));
        last = Optional.of(Execution.begun(Order.CONTINUE, "c1").ended(Optional.empty(), now));

        assertAwake(Reason.IN_USE);
    }

    @Test
    void anotherContainerIsAwake() {
        route = Optional.of(route(State.Dozing, "c0", null, null));

        assertThat(check().sleep().containerID()).as("in its turn").contains("c1");
        conditions = List.of(condition(ConditionType.Ready, "False", READY));
        assertAwake(Reason.NOT_SETTLED);
    }

    @Test
    void anOrderThatMayHaveMetTheNextContainerIsTakenBack() {
        last = Optional.of(Execution.begun(Order.STOP, "c0").ended(Optional.empty(), now));
        conditions = List.of(condition(ConditionType.Ready, "False", READY));

        assertThat(check().order()).contains(Order.CONTINUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"expose: {type: Router}", "expose: {type: Router}\nlifetime: {dozeAfter: 0s}"})
    void whatIsNotToDozeAnyMoreIsWoken(String never) {
        spec = never;
        route = Optional.of(route(State.Dozing, "c1", null, null));

        assertThat(check().order()).contains(Order.CONTINUE);
        assertThat(check().verdict()).isEmpty();
    }

    @Test
    void aChangeOfTheSpecWakesIt() {
        route = Optional.of(route(State.Dozing, "c1", null, null));
        observed = 2;

        assertThat(check().order()).contains(Order.CONTINUE);
        assertThat(check().verdict().orElseThrow().reason()).isEqualTo(Reason.NOT_SETTLED);
    }

    @ParameterizedTest
    @EnumSource(
            value = ConditionType.class,
            names = {
                "Ready",
                "ControlPlaneReady",
                "UpToDate",
                "CredentialsReady",
                "OutputsReady",
                "EndpointReachable",
                "StorageReady",
                "AuthenticationReady",
                "Bootstrapped",
                "AllowedByClass"
            })
    void doesNotDozeWhileSomethingIsUnderWay(ConditionType type) {
        List<Condition> others = new ArrayList<>(conditions);
        others.removeIf(condition -> condition.getType().equals(type.name()));
        others.add(condition(type, "False", READY));
        conditions = others;

        assertAwake(Reason.NOT_SETTLED);
    }

    @Test
    void doesNotDozeWithoutAPod() {
        pod = Optional.empty();

        assertAwake(Reason.NOT_SETTLED);
    }

    @Test
    void doesNotDozePastTheRouter() {
        spec = "expose: {type: NodePort}\nlifetime: {dozeAfter: 10m}";

        assertThat(assertAwake(Reason.ROUTER_NEEDED).message()).contains("expose.type Router");
    }

    @Test
    void doesNotDozeWithExternalWorkers() {
        workers = true;

        assertAwake(Reason.EXTERNAL_WORKERS_ENABLED);
    }

    @Test
    void doesNotDozeWithoutTheRight() {
        permitted = false;

        assertThat(assertAwake(Reason.DOZE_NOT_ENABLED).message()).contains("doze.enabled");
    }

    @Test
    void doesNotDozeWhereTheNodeWouldKillIt() {
        pod = Optional.of(new PodBuilder(pod("c1"))
                .editSpec()
                .editFirstContainer()
                .withLivenessProbe(new ProbeBuilder().build())
                .endContainer()
                .endSpec()
                .build());

        assertThat(assertAwake(Reason.PROBED_BY_NODE).message()).contains("kubectl annotate sandboxcluster demo");
    }

    @Test
    void whatCouldNotBeStoppedIsAwakeAndTriedAgainLater() {
        route = Optional.of(route(State.Dozing, "c1", null, null));
        Execution failed = Execution.begun(Order.STOP, "c1").ended(Optional.of("no shell"), now);
        last = Optional.of(failed);
        refusal = last;

        Doze waking = check();

        assertThat(waking.order()).as("it may have been followed").contains(Order.CONTINUE);
        assertThat(waking.resting()).isFalse();
        last = Optional.of(Execution.begun(Order.CONTINUE, "c1").ended(Optional.empty(), now));
        assertThat(assertAwake(Reason.PROCESSES_NOT_REACHED).message()).contains("no shell");
        assertThat(check().lookAgain()).contains(now.plusSeconds(300));
        now = now.plusSeconds(300);
        assertThat(check().verdict().orElseThrow().reason()).isEqualTo(Reason.DOZING);
    }

    @Test
    void whatCannotBeContinuedIsSaidAndTriedAgain() {
        route = Optional.of(route(State.Dozing, "c1", null, GENERATION));
        last = Optional.of(Execution.begun(Order.CONTINUE, "c1").ended(Optional.of("forbidden"), now));

        Doze waking = check();

        assertThat(waking.order()).contains(Order.CONTINUE);
        assertThat(waking.verdict().orElseThrow().reason()).isEqualTo(Reason.PROCESSES_NOT_REACHED);
        assertThat(waking.verdict().orElseThrow().message()).contains("forbidden");
        assertThat(waking.lookAgain()).isPresent();
        assertThat(waking.resting()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"10s, 5", "1m, 30", "10m, 60"})
    void theRouterSaysOftenEnoughThatSomebodyIsConnected(String dozeAfter, int seconds) {
        spec = SPEC.replace("10m", dozeAfter);

        assertThat(check().sleep().reportSeconds()).isEqualTo(seconds);
    }

    private Verdict assertAwake(String reason) {
        Doze doze = check();
        assertThat(doze.verdict().orElseThrow().reason()).isEqualTo(reason);
        assertThat(doze.sleep().state()).isEqualTo(State.Awake);
        assertThat(doze.sleep().containerID()).isEmpty();
        assertThat(doze.order()).isEmpty();
        return doze.verdict().get();
    }

    private Doze check() {
        return DozeCheck.check(settings(), situation(), known());
    }
}
