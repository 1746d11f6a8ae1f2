package dev.sandboxcluster.operator.sandbox.probe;

import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.CREATED;
import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.CREATE_LEASE;
import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.DELETE_LEASES;
import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.LIST_LEASES;
import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.READYZ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.operator.sandbox.Observation.Available;
import dev.sandboxcluster.operator.sandbox.Observation.ReadOnly;
import dev.sandboxcluster.operator.sandbox.probe.TestSandbox.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the prober writes into a sandbox, and what it concludes from the answers; these are k3s's own. */
class WriteProbeTest extends ProberFixture {

    private static final Available AVAILABLE = new Available("v1.33.5+k3s1");
    private static final Reply FULL = refused(500, "rpc error: code = Unknown desc = database or disk is full");
    private static final Reply TIMEOUT = refused(504, "Timeout: request did not complete within the allotted timeout");

    WriteProbeTest() {
        super(TestProber.HURRIED);
    }

    @BeforeEach
    void nobodyWrites() {
        sandbox.answer(LIST_LEASES, TestSandbox.revision(1));
    }

    @Test
    void aSandboxWithoutAVolumeIsNotWrittenTo() {
        probe.prober.watch(probe.id, sandbox.target("localhost"));

        await().until(() -> sandbox.requests(READYZ) > 12);
        assertThat(sandbox.requests(LIST_LEASES)).isZero();
        assertThat(sandbox.requests(CREATE_LEASE)).isZero();
    }

    @Test
    void whereOthersWriteTheOperatorDoesOnlyOnce() {
        sandbox.answer(LIST_LEASES, TestSandbox::revision);

        assertThat(probe.awaitChange(sandbox.persistent("localhost"))).isEqualTo(AVAILABLE);
        assertThat(new JsonObject(sandbox.created.get(0)).getString("kind")).isEqualTo("Lease");

        await().until(() -> sandbox.requests(LIST_LEASES) > 12);
        assertThat(sandbox.requests(CREATE_LEASE)).isEqualTo(1);
        assertThat(sandbox.requests(DELETE_LEASES)).isEqualTo(1);
        assertThat(probe.changes).containsExactly(AVAILABLE);
        assertThat(sandbox.connections).hasValue(1);
    }

    @Test
    void whereNobodyWritesTheOperatorDoesNowAndThen() {
        probe.prober.watch(probe.id, sandbox.persistent("localhost"));

        await().until(() ->
                sandbox.requests(CREATE_LEASE) > 2 && sandbox.requests(LIST_LEASES) > sandbox.requests(CREATE_LEASE));
        assertThat(probe.changes).containsExactly(AVAILABLE);
    }

    @Test
    void aFullVolumeIsReportedAtOnceAndUntilItHasRoomAgain() {
        AtomicBoolean full = new AtomicBoolean();
        sandbox.answer(CREATE_LEASE, number -> full.get() ? FULL : CREATED);
        assertThat(probe.awaitChange(sandbox.persistent("localhost"))).isEqualTo(AVAILABLE);

        full.set(true);
        ReadOnly readOnly = probe.await(ReadOnly.class);
        assertThat(readOnly.volumeFull()).isTrue();
        assertThat(readOnly.message()).isEqualTo("rpc error: code = Unknown desc = database or disk is full");
        assertThat(readOnly.available()).contains("v1.33.5+k3s1");
        int asked = sandbox.requests(READYZ);
        await().until(() -> sandbox.requests(READYZ) > asked + 6);

        full.set(false);
        probe.await(Available.class);
        await().untilAsserted(() -> assertThat(probe.changes).isEqualTo(List.of(AVAILABLE, readOnly, AVAILABLE)));
    }

    @Test
    void anOperatorThatStartsSaysAtOnceThatAVolumeIsFull() {
        sandbox.answer(CREATE_LEASE, FULL);

        assertThat(probe.awaitChange(sandbox.persistent("localhost"))).isInstanceOf(ReadOnly.class);
    }

    @Test
    void anotherFailureOfAWriteMayBeChanceOnce() {
        sandbox.answer(CREATE_LEASE, number -> number == 2 ? TIMEOUT : CREATED);
        probe.prober.watch(probe.id, sandbox.persistent("localhost"));
        await().until(() -> sandbox.requests(CREATE_LEASE) > 3);
        assertThat(probe.changes).containsExactly(AVAILABLE);

        sandbox.answer(CREATE_LEASE, TIMEOUT);
        ReadOnly readOnly = probe.await(ReadOnly.class);
        assertThat(readOnly.volumeFull()).isFalse();
        assertThat(readOnly.message()).contains("allotted timeout");
    }

    @Test
    void whatIsRefusedBeforeTheStoreIsAskedSaysNothingAboutIt() {
        sandbox.answer(
                CREATE_LEASE,
                number -> number % 2 == 0
                        ? refused(403, "exceeded quota: no-leases")
                        : refused(500, "Internal error occurred: failed calling webhook \"all.example.com\""));
        probe.prober.watch(probe.id, sandbox.persistent("localhost"));

        await().until(() -> sandbox.requests(CREATE_LEASE) > 3);
        assertThat(probe.changes).containsExactly(AVAILABLE);
    }

    @Test
    void aWriteThatIsNotAnsweredSaysNothingEither() {
        sandbox.answer(CREATE_LEASE, number -> null);

        assertThat(probe.awaitChange(sandbox.persistent("localhost"))).isEqualTo(AVAILABLE);
    }

    private static Reply refused(int status, String message) {
        return new Reply(
                status,
                "application/json",
                new JsonObject().put("kind", "Status").put("message", message).encode());
    }
}
