package dev.sandboxcluster.operator.tenant;

import static dev.sandboxcluster.operator.tenant.TestTenant.CREATED;
import static dev.sandboxcluster.operator.tenant.TestTenant.CREATE_LEASE;
import static dev.sandboxcluster.operator.tenant.TestTenant.DELETE_LEASES;
import static dev.sandboxcluster.operator.tenant.TestTenant.LIST_LEASES;
import static dev.sandboxcluster.operator.tenant.TestTenant.READYZ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.operator.tenant.Observation.Available;
import dev.sandboxcluster.operator.tenant.Observation.ReadOnly;
import dev.sandboxcluster.operator.tenant.TestTenant.Reply;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the prober writes into a sandbox, and what it concludes from the answers; these are k3s's own. */
class WriteProbeTest {

    private static final Available AVAILABLE = new Available("v1.33.5+k3s1");
    private static final Reply FULL = refused(500, "rpc error: code = Unknown desc = database or disk is full");
    private static final Reply TIMEOUT = refused(504, "Timeout: request did not complete within the allotted timeout");

    private Vertx vertx;
    private TestTenant tenant;
    private TestProber probe;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        tenant = new TestTenant(vertx, new TestAuthority("server-ca"), "localhost");
        tenant.answer(LIST_LEASES, TestTenant.revision(1));
        probe = new TestProber();
    }

    @AfterEach
    void stop() {
        probe.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void aSandboxWithoutAVolumeIsNotWrittenTo() {
        probe.prober.watch(probe.id, tenant.target("localhost"));

        await().until(() -> tenant.requests(READYZ) > 12);
        assertThat(tenant.requests(LIST_LEASES)).isZero();
        assertThat(tenant.requests(CREATE_LEASE)).isZero();
    }

    @Test
    void whereOthersWriteTheOperatorDoesOnlyOnce() {
        tenant.answer(LIST_LEASES, TestTenant::revision);

        assertThat(probe.awaitChange(tenant.persistent("localhost"))).isEqualTo(AVAILABLE);
        assertThat(new JsonObject(tenant.created.get(0)).getString("kind")).isEqualTo("Lease");

        await().until(() -> tenant.requests(LIST_LEASES) > 12);
        assertThat(tenant.requests(CREATE_LEASE)).isEqualTo(1);
        assertThat(tenant.requests(DELETE_LEASES)).isEqualTo(1);
        assertThat(probe.changes).containsExactly(AVAILABLE);
        assertThat(tenant.connections).hasValue(1);
    }

    @Test
    void whereNobodyWritesTheOperatorDoesNowAndThen() {
        probe.prober.watch(probe.id, tenant.persistent("localhost"));

        await().until(() -> tenant.requests(CREATE_LEASE) > 2);
        assertThat(tenant.requests(LIST_LEASES)).isGreaterThan(tenant.requests(CREATE_LEASE));
        assertThat(probe.changes).containsExactly(AVAILABLE);
    }

    @Test
    void aFullVolumeIsReportedAtOnceAndUntilItHasRoomAgain() {
        AtomicBoolean full = new AtomicBoolean();
        tenant.answer(CREATE_LEASE, number -> full.get() ? FULL : CREATED);
        assertThat(probe.awaitChange(tenant.persistent("localhost"))).isEqualTo(AVAILABLE);

        full.set(true);
        ReadOnly readOnly = probe.await(ReadOnly.class);
        assertThat(readOnly.volumeFull()).isTrue();
        assertThat(readOnly.message()).isEqualTo("rpc error: code = Unknown desc = database or disk is full");
        assertThat(readOnly.available()).contains("v1.33.5+k3s1");
        int asked = tenant.requests(READYZ);
        await().until(() -> tenant.requests(READYZ) > asked + 6);

        full.set(false);
        probe.await(Available.class);
        assertThat(probe.changes).isEqualTo(List.of(AVAILABLE, readOnly, AVAILABLE));
    }

    @Test
    void anOperatorThatStartsSaysAtOnceThatAVolumeIsFull() {
        tenant.answer(CREATE_LEASE, FULL);

        assertThat(probe.awaitChange(tenant.persistent("localhost"))).isInstanceOf(ReadOnly.class);
    }

    @Test
    void anotherFailureOfAWriteMayBeChanceOnce() {
        tenant.answer(CREATE_LEASE, number -> number == 2 ? TIMEOUT : CREATED);
        probe.prober.watch(probe.id, tenant.persistent("localhost"));
        await().until(() -> tenant.requests(CREATE_LEASE) > 3);
        assertThat(probe.changes).containsExactly(AVAILABLE);

        tenant.answer(CREATE_LEASE, TIMEOUT);
        ReadOnly readOnly = probe.await(ReadOnly.class);
        assertThat(readOnly.volumeFull()).isFalse();
        assertThat(readOnly.message()).contains("allotted timeout");
    }

    @Test
    void whatIsRefusedBeforeTheStoreIsAskedSaysNothingAboutIt() {
        tenant.answer(
                CREATE_LEASE,
                number -> number % 2 == 0
                        ? refused(403, "exceeded quota: no-leases")
                        : refused(500, "Internal error occurred: failed calling webhook \"all.example.com\""));
        probe.prober.watch(probe.id, tenant.persistent("localhost"));

        await().until(() -> tenant.requests(CREATE_LEASE) > 3);
        assertThat(probe.changes).containsExactly(AVAILABLE);
    }

    @Test
    void aWriteThatIsNotAnsweredSaysNothingEither() {
        tenant.answer(CREATE_LEASE, number -> null);

        assertThat(probe.awaitChange(tenant.persistent("localhost"))).isEqualTo(AVAILABLE);
    }

    private static Reply refused(int status, String message) {
        return new Reply(
                status,
                "application/json",
                new JsonObject().put("kind", "Status").put("message", message).encode());
    }
}
