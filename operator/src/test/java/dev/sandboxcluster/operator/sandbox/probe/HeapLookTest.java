package dev.sandboxcluster.operator.sandbox.probe;

import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.READYZ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.operator.sandbox.Heap;
import dev.sandboxcluster.operator.sandbox.Observation.Available;
import dev.sandboxcluster.operator.sandbox.probe.TestSandbox.Reply;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the prober learns from the metrics of a sandbox, which a stranger may have written. */
class HeapLookTest extends ProberFixture {

    private static final String METRICS = "GET /metrics";
    private static final String VERSION = "v1.33.5+k3s1";
    private static final Reply ROOMY = metrics(110_000_000, 154_000_000);
    private static final Reply CROWDED = metrics(800_000_000, 801_000_000);

    HeapLookTest() {
        super(TestProber.HURRIED);
    }

    @Test
    void aHeapWithRoomIsLookedAtNowAndThenAndNotReported() {
        sandbox.answer(METRICS, ROOMY);
        probe.prober.watch(probe.id, sandbox.target("localhost"));

        await().atMost(Duration.ofSeconds(30))
                .until(() -> sandbox.requests(METRICS) > 1 && sandbox.requests(READYZ) > 12);
        assertThat(sandbox.requests(METRICS)).isLessThan(sandbox.requests(READYZ) - 1);
        assertThat(probe.changes).containsExactly(new Available(VERSION));
        assertThat(probe.prober.latest(probe.id)).isEqualTo(new Available(VERSION, Optional.of(Heap.ROOMY)));
        assertThat(sandbox.connections).hasValue(1);
    }

    @Test
    void aCrowdedOneIsReportedUntilItHasRoom() {
        sandbox.answer(METRICS, CROWDED);
        probe.prober.watch(probe.id, sandbox.target("localhost"));

        Available crowded = new Available(VERSION, Optional.of(new Heap(true, 762, 819)));
        await().until(() -> probe.changes.contains(crowded));

        sandbox.answer(METRICS, ROOMY);
        Available roomy = new Available(VERSION, Optional.of(Heap.ROOMY));
        await().until(() -> probe.changes.contains(roomy));
        assertThat(probe.changes).containsSubsequence(new Available(VERSION), crowded, roomy);
    }

    @Test
    void anAnswerWithoutEndOrSenseIsNoNewsAndTheSandboxStaysAvailable() {
        sandbox.answer(METRICS, number -> switch (number % 5) {
            case 0 -> null;
            case 1 -> Reply.text(200, "x".repeat(17 * 1024 * 1024));
            case 2 -> Reply.text(200, "y\n".repeat(9 * 1024 * 1024));
            case 3 -> Reply.text(403, "forbidden");
            default ->
                Reply.text(200, "go_gc_heap_live_bytes NaN\ngo_gc_heap_goal_bytes -1\ngo_gc_gomemlimit_bytes \n");
        });
        probe.prober.watch(probe.id, sandbox.target("localhost"));

        await().atMost(Duration.ofMinutes(1)).until(() -> sandbox.requests(METRICS) > 5);
        assertThat(probe.changes).containsExactly(new Available(VERSION));
        assertThat(probe.prober.latest(probe.id)).isEqualTo(new Available(VERSION));
    }

    private static Reply metrics(long live, long goal) {
        return Reply.text(
                200,
                "apiserver_request_total{code=\"200\"} 1\n".repeat(20_000)
                        + "# TYPE go_gc_gomemlimit_bytes gauge\ngo_gc_gomemlimit_bytes 8.58783744e+08\n"
                        + "go_gc_heap_goal_bytes " + (double) goal + "\ngo_gc_heap_live_bytes " + (double) live + "\n");
    }
}
