package dev.sandboxcluster.operator.capability.doze.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.capability.doze.plan.Execution;
import dev.sandboxcluster.operator.capability.doze.plan.Order;
import dev.sandboxcluster.operator.metrics.Naps;
import dev.sandboxcluster.operator.objects.Identity;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProcessEventSourceTest {

    private static final Identity SANDBOX = new Identity("demo", "team", "u");
    private static final ResourceID ID = new ResourceID("demo", "team");

    private final List<Order> sent = new CopyOnWriteArrayList<>();
    private final List<ResourceID> heard = new CopyOnWriteArrayList<>();
    private final Semaphore pods = new Semaphore(0);
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final SettableClock clock = new SettableClock();
    private volatile Optional<String> failure = Optional.empty();
    private volatile boolean leading = true;

    private final ProcessEventSource processes = new ProcessEventSource(
            (sandbox, order) -> {
                sent.add(order);
                pods.acquireUninterruptibly();
                return failure;
            },
            new Naps(metrics),
            new Remembered(),
            () -> leading,
            clock);

    @BeforeEach
    void start() {
        processes.setEventHandler(event -> heard.add(event.getRelatedCustomResourceID()));
    }

    @AfterEach
    void stop() {
        pods.release(100);
        processes.stop();
    }

    @Test
    void anOrderIsGivenOnce() {
        processes.give(SANDBOX, "c1", Order.STOP);
        processes.give(SANDBOX, "c1", Order.STOP);
        assertThat(processes.last(ID).orElseThrow().endedAt()).isEmpty();
        pods.release();
        awaitEnd();

        processes.give(SANDBOX, "c1", Order.STOP);

        assertThat(last().done()).isTrue();
        await().until(() -> heard.equals(List.of(ID)));
        assertThat(sent).containsExactly(Order.STOP);
    }

    @Test
    void whoComesWhileItIsBeingStoppedWakesItAfterThat() {
        processes.give(SANDBOX, "c1", Order.STOP);
        await().until(() -> sent.size() == 1);
        processes.give(SANDBOX, "c1", Order.CONTINUE);
        assertThat(last()).isEqualTo(Execution.begun(Order.CONTINUE, "c1"));

        pods.release(2);
        awaitEnd();

        assertThat(sent).containsExactly(Order.STOP, Order.CONTINUE);
        assertThat(last().is(Order.CONTINUE, "c1")).isTrue();
    }

    /** As where an operator takes over that stops all once more. */
    @Test
    void whoComesDoesNotWaitForThoseThatAreToBeStopped() {
        for (int other = 0; other < 20; other++) {
            processes.give(new Identity("other-" + other, SANDBOX.namespace(), "u"), "c1", Order.STOP);
        }
        processes.give(SANDBOX, "c1", Order.STOP);
        processes.give(SANDBOX, "c1", Order.CONTINUE);

        await().until(() -> sent.contains(Order.CONTINUE));
        pods.release(30);
    }

    @Test
    void whatFailedIsTriedAgainAfterAWhileThatGrows() {
        failure = Optional.of("forbidden");
        pods.release(3);
        processes.give(SANDBOX, "c1", Order.STOP);
        awaitEnd();
        assertThat(last().failure()).contains("forbidden");
        assertThat(processes.refusal(ID)).contains(last());

        clock.now = clock.now.plusMillis(999);
        processes.give(SANDBOX, "c1", Order.STOP);
        assertThat(sent).hasSize(1);
        clock.now = clock.now.plusMillis(1);
        processes.give(SANDBOX, "c1", Order.STOP);
        awaitEnd();
        assertThat(sent).hasSize(2);

        clock.now = clock.now.plusMillis(1999);
        processes.give(SANDBOX, "c1", Order.STOP);
        assertThat(sent).hasSize(2);
        clock.now = clock.now.plusMillis(1);
        failure = Optional.empty();
        processes.give(SANDBOX, "c1", Order.STOP);
        awaitEnd();
        assertThat(processes.refusal(ID)).isEmpty();
    }

    @Test
    void nothingIsSentByOneThatDoesNotLead() {
        leading = false;
        processes.give(SANDBOX, "c1", Order.STOP);
        awaitEnd();

        assertThat(sent).isEmpty();
        assertThat(last().failure()).isPresent();
    }

    @Test
    void napsAndWakesAreCounted() {
        pods.release(3);
        processes.give(SANDBOX, "c1", Order.CONTINUE);
        awaitEnd();
        processes.give(SANDBOX, "c1", Order.STOP);
        awaitEnd();
        processes.give(SANDBOX, "c1", Order.CONTINUE);
        awaitEnd();

        assertThat(metrics.get("sandboxcluster.naps").counter().count()).isEqualTo(1);
        assertThat(metrics.get("sandboxcluster.wake").timer().count())
                .as("what wasn't stopped wasn't woken")
                .isEqualTo(1);
    }

    private Execution last() {
        return processes.last(ID).orElseThrow();
    }

    private void awaitEnd() {
        await().until(() -> last().endedAt().isPresent());
    }

    private static final class SettableClock extends Clock {

        private volatile Instant now = Instant.parse("2026-11-26T10:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    /** One that was there when the order was given; nobody is told of its end. */
    private static final class Remembered implements Cache<SandboxCluster> {

        @Override
        public Optional<SandboxCluster> get(ResourceID id) {
            return Optional.of(new SandboxCluster());
        }

        @Override
        public boolean contains(ResourceID id) {
            return true;
        }

        @Override
        public Stream<ResourceID> keys() {
            return Stream.of(ID);
        }

        @Override
        public Stream<SandboxCluster> list(Predicate<SandboxCluster> wanted) {
            return Stream.empty();
        }
    }
}
