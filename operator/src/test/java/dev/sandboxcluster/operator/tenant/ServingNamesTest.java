package dev.sandboxcluster.operator.tenant;

import static dev.sandboxcluster.operator.tenant.TestTenant.FORGET_NAMES;
import static dev.sandboxcluster.operator.tenant.TestTenant.READY;
import static dev.sandboxcluster.operator.tenant.TestTenant.READYZ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.operator.tenant.Observation.Available;
import dev.sandboxcluster.operator.tenant.TestTenant.Reply;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the Secret with the names of former starts is deleted. */
class ServingNamesTest {

    private static final Available AVAILABLE = new Available("v1.33.5+k3s1");
    private static final Reply DELETED = Reply.ok("{\"kind\":\"Status\",\"status\":\"Success\"}");
    private static final int MANY = 16;

    private Vertx vertx;
    private TestTenant tenant;
    private TestProber probe;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        tenant = new TestTenant(vertx, new TestAuthority("server-ca"), "localhost");
        probe = new TestProber();
    }

    @AfterEach
    void stop() {
        probe.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void onceBeforeTheApiServerIsReady() {
        tenant.answer(FORGET_NAMES, DELETED);
        tenant.answer(READYZ, Reply.text(500, "[-]poststarthook failed"));

        probe.prober.watch(probe.id, tenant.persistent("localhost"));

        await().until(() -> tenant.requests(READYZ) > 5);
        assertThat(tenant.requests(FORGET_NAMES)).isEqualTo(1);
    }

    @Test
    void afterwardsUntilItWasThere() {
        tenant.answer(FORGET_NAMES, number -> number < 4 ? Reply.text(404, "") : DELETED);

        probe.prober.watch(probe.id, tenant.persistent("localhost"));

        await().until(() -> tenant.requests(READYZ) > MANY);
        assertThat(tenant.requests(FORGET_NAMES)).isEqualTo(4);
        assertThat(probe.changes).containsExactly(AVAILABLE);
    }

    @Test
    void notForEverWhereItNeverIs() {
        probe.prober.watch(probe.id, tenant.persistent("localhost"));

        await().until(() -> tenant.requests(READYZ) > MANY);
        assertThat(tenant.requests(FORGET_NAMES)).isEqualTo(7);
    }

    @Test
    void anewAfterTheNextStart() {
        tenant.answer(FORGET_NAMES, DELETED);
        tenant.answer(READYZ, number -> number > 5 && number < MANY ? Reply.text(500, "") : READY);

        probe.prober.watch(probe.id, tenant.persistent("localhost"));

        await().until(() -> tenant.requests(READYZ) > 2 * MANY);
        assertThat(tenant.requests(FORGET_NAMES)).isEqualTo(4);
    }

    @Test
    void neverWhereNothingOutlivesThePod() {
        probe.prober.watch(probe.id, tenant.target("localhost"));

        await().until(() -> tenant.requests(READYZ) > MANY);
        assertThat(tenant.requests(FORGET_NAMES)).isZero();
    }

    @Test
    void aRefusalMakesNothingUnavailable() {
        tenant.answer(FORGET_NAMES, Reply.text(500, "database or disk is full"));

        probe.prober.watch(probe.id, tenant.persistent("localhost"));

        await().until(() -> tenant.requests(READYZ) > MANY);
        assertThat(probe.changes).containsExactly(AVAILABLE);
        assertThat(tenant.connections).hasValue(1);
    }

    @Test
    void noAnswerMakesNothingUnavailable() {
        tenant.answer(FORGET_NAMES, (Reply) null);

        probe.prober.watch(probe.id, tenant.persistent("localhost"));

        probe.await(Available.class);
    }
}
