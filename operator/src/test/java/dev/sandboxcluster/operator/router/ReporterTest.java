package dev.sandboxcluster.operator.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.operator.LaterClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** However many use however many sandboxes: few writes at a time, one for each sandbox, and demands first. */
class ReporterTest {

    private final RouteTable table = new RouteTable();
    private final Queue<String> written = new ConcurrentLinkedQueue<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final CountDownLatch slow = new CountDownLatch(1);
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final Map<Route.Id, AtomicInteger> bySandbox = new ConcurrentHashMap<>();
    private final Queue<Route.Id> disconnected = new ConcurrentLinkedQueue<>();
    private final LaterClock clock = new LaterClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Reporter reporter =
            new Reporter(table, this::write, disconnected::add, new RouterMetrics(registry), clock);

    ReporterTest() {
        table.listen(reporter);
    }

    @AfterEach
    void close() {
        slow.countDown();
        reporter.close();
    }

    @Test
    void manyConnectionsAreOneReport() {
        slow.countDown();
        put("a", 1, State.Awake);
        for (int one = 0; one < 1000; one++) {
            reporter.opened(id("a"));
        }
        for (int one = 0; one < 500; one++) {
            reporter.closed(id("a"));
        }

        await().during(Duration.ofMillis(1500)).until(() -> List.copyOf(written).equals(List.of("use a")));
    }

    @Test
    void aDemandOvertakesReportsThatTakeTheirTime() {
        for (int one = 0; one < 20; one++) {
            put("awake-" + one, 1, State.Awake);
            reporter.opened(id("awake-" + one));
        }
        put("asleep", 3, State.Suspended);
        await().until(() -> now.get() == 4);
        reporter.opened(id("asleep"));

        await().until(() -> now.get() == 5);
        slow.countDown();
        await().until(() -> written.size() == 21);
        assertThat(written).contains("demand asleep 3");
        assertThat(most.get()).isLessThanOrEqualTo(8);
    }

    @Test
    void thereIsOneWriteAtATimeForEachAndItSaysWhatIsTrueThen() {
        put("a", 1, State.Suspended);
        reporter.opened(id("a"));
        await().until(() -> now.get() == 1);
        for (int generation = 2; generation < 10; generation++) {
            put("a", generation, State.Suspended);
            reporter.opened(id("a"));
        }
        slow.countDown();

        await().until(() -> written.size() == 2);
        assertThat(written).containsExactly("demand a 1", "demand a 9");
        assertThat(bySandbox.get(id("a")).get()).isZero();
    }

    @Test
    void whatFailsIsTriedAgainAndHoldsUpNoOther() {
        slow.countDown();
        failures.set(3);
        put("a", 1, State.Dozing);
        reporter.opened(id("a"));
        await().until(() -> failures.get() == 0);
        put("b", 1, State.Dozing);
        reporter.opened(id("b"));

        await().until(() -> written.contains("demand a 1") && written.contains("demand b 1"));
        assertThat(registry.get("sandboxcluster.router.reports")
                        .tag("kind", "failed")
                        .counter()
                        .count())
                .isEqualTo(3);
    }

    @Test
    void whatIsGoneIsNotWritten() {
        failures.set(1_000_000);
        slow.countDown();
        put("a", 1, State.Dozing);
        reporter.opened(id("a"));
        await().until(() -> failures.get() < 1_000_000);
        table.remove(id("a"));

        await().pollDelay(Duration.ofMillis(1500)).until(() -> true);
        int before = failures.get();
        await().during(Duration.ofMillis(1500)).until(() -> failures.get() == before);
    }

    /** Who isn't seen is taken for nobody, and the sandbox stopped under him. */
    @Test
    void whoseUseCannotBeSaidIsDisconnectedInTime() {
        slow.countDown();
        put("a", 1, State.Awake);
        reporter.opened(id("a"));
        await().until(() -> written.contains("use a"));
        failures.set(1_000_000);
        clock.by = Duration.ofSeconds(100);
        await().until(() -> failures.get() < 1_000_000);
        await().during(Duration.ofMillis(1100)).until(disconnected::isEmpty);
        assertThat(reporter.heard()).as("for a moment all may fail").isTrue();

        clock.by = Duration.ofSeconds(130);

        await().until(() -> disconnected.contains(id("a")) && !reporter.heard());
        failures.set(0);
        await().until(reporter::heard);
    }

    /** Where nothing answers, few are tried and many wait. */
    @Test
    void whoseUseWaitsToBeSaidIsDisconnectedInTimeToo() {
        for (int one = 0; one < 20; one++) {
            put("a-" + one, 1, State.Awake);
            reporter.opened(id("a-" + one));
        }
        await().until(() -> now.get() == 4);
        clock.by = Duration.ofSeconds(130);

        await().until(() -> Set.copyOf(disconnected).size() == 20);
        assertThat(reporter.heard()).isFalse();
    }

    @Test
    void whatAnotherRouterSaysIsNotUnsaid() {
        slow.countDown();
        failures.set(1_000_000);
        put("a", 1, State.Awake);
        reporter.opened(id("a"));
        await().until(() -> failures.get() < 1_000_000);
        clock.by = Duration.ofSeconds(30);
        await().until(() -> !reporter.heard());

        put("a", 1, State.Awake, Optional.of(clock.instant()));

        await().until(reporter::heard);
        clock.by = Duration.ofSeconds(85);
        await().during(Duration.ofMillis(1500)).until(() -> reporter.heard() && disconnected.isEmpty());
    }

    private void write(Route route, Report report) {
        AtomicInteger ofIt = bySandbox.computeIfAbsent(route.id(), id -> new AtomicInteger());
        assertThat(ofIt.incrementAndGet()).isEqualTo(1);
        most.accumulateAndGet(now.incrementAndGet(), Math::max);
        try {
            slow.await();
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new IllegalStateException("the API is away");
            }
            written.add(
                    report.demandedGeneration().isPresent()
                            ? "demand " + route.id().name() + " "
                                    + report.demandedGeneration().getAsLong()
                            : "use " + route.id().name());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            now.decrementAndGet();
            ofIt.decrementAndGet();
        }
    }

    private void put(String name, long generation, State state) {
        put(name, generation, state, Optional.empty());
    }

    private void put(String name, long generation, State state, Optional<Instant> lastUsedAt) {
        table.put(new Route(
                id(name),
                generation,
                Set.of(),
                Set.of(),
                List.of(),
                state,
                Duration.ofSeconds(60),
                OptionalLong.empty(),
                lastUsedAt));
    }

    private static Route.Id id(String name) {
        return new Route.Id("team", name, "uid-" + name);
    }
}
