package dev.sandboxcluster.operator.sandbox.probe;

import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.FORGET_NAMES;
import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.READY;
import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.READYZ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.operator.sandbox.Observation.Available;
import dev.sandboxcluster.operator.sandbox.probe.TestSandbox.Reply;
import org.junit.jupiter.api.Test;

/** When the Secret with the names of former starts is deleted. */
class ServingNamesTest extends ProberFixture {

    private static final Available AVAILABLE = new Available("v1.33.5+k3s1");
    private static final Reply DELETED = Reply.ok("{\"kind\":\"Status\",\"status\":\"Success\"}");
    private static final int MANY = 16;

    ServingNamesTest() {
        super(TestProber.PATIENT);
    }

    @Test
    void onceBeforeTheApiServerIsReady() {
        sandbox.answer(FORGET_NAMES, DELETED);
        sandbox.answer(READYZ, Reply.text(500, "[-]poststarthook failed"));

        probe.prober.watch(probe.id, sandbox.joinable("localhost"));

        await().until(() -> sandbox.requests(READYZ) > 5);
        assertThat(sandbox.requests(FORGET_NAMES)).isEqualTo(1);
    }

    @Test
    void afterwardsUntilItWasThere() {
        sandbox.answer(FORGET_NAMES, number -> number < 4 ? Reply.text(404, "") : DELETED);

        probe.prober.watch(probe.id, sandbox.joinable("localhost"));

        await().until(() -> sandbox.requests(READYZ) > MANY);
        assertThat(sandbox.requests(FORGET_NAMES)).isEqualTo(4);
        assertThat(probe.changes).containsExactly(AVAILABLE);
    }

    @Test
    void notForEverWhereItNeverIs() {
        probe.prober.watch(probe.id, sandbox.joinable("localhost"));

        await().until(() -> sandbox.requests(READYZ) > MANY);
        assertThat(sandbox.requests(FORGET_NAMES)).isEqualTo(7);
    }

    @Test
    void anewAfterTheNextStart() {
        sandbox.answer(FORGET_NAMES, DELETED);
        sandbox.answer(READYZ, number -> number > 5 && number < MANY ? Reply.text(500, "") : READY);

        probe.prober.watch(probe.id, sandbox.joinable("localhost"));

        await().until(() -> sandbox.requests(READYZ) > 2 * MANY);
        assertThat(sandbox.requests(FORGET_NAMES)).isEqualTo(4);
    }

    @Test
    void neverWhereNoAgentMayJoin() {
        probe.prober.watch(probe.id, sandbox.persistent("localhost"));

        await().until(() -> sandbox.requests(READYZ) > MANY);
        assertThat(sandbox.requests(FORGET_NAMES)).isZero();
    }

    @Test
    void aRefusalMakesNothingUnavailable() {
        sandbox.answer(FORGET_NAMES, Reply.text(500, "database or disk is full"));

        probe.prober.watch(probe.id, sandbox.joinable("localhost"));

        await().until(() -> sandbox.requests(READYZ) > MANY);
        assertThat(probe.changes).containsExactly(AVAILABLE);
        assertThat(sandbox.connections).hasValue(1);
    }

    @Test
    void noAnswerMakesNothingUnavailable() {
        probe.close();
        probe = new TestProber();
        sandbox.answer(FORGET_NAMES, (Reply) null);

        probe.prober.watch(probe.id, sandbox.joinable("localhost"));

        probe.await(Available.class);
    }
}
