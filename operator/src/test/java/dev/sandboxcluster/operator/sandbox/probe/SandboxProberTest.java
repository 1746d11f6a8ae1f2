package dev.sandboxcluster.operator.sandbox.probe;

import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.CREATE_ACCOUNT;
import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.GET_ACCOUNT;
import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.READY;
import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.READYZ;
import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.VERSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.sandbox.Observation.Available;
import dev.sandboxcluster.operator.sandbox.Observation.Failing;
import dev.sandboxcluster.operator.sandbox.Observation.Pending;
import dev.sandboxcluster.operator.sandbox.probe.TestSandbox.Reply;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the prober asks, when it stops and what it reports. */
class SandboxProberTest extends ProberFixture {

    private static final Available AVAILABLE = new Available("v1.33.5+k3s1");
    private static final Reply NOT_READY = Reply.text(500, "[+]ping ok\n[-]etcd failed: reason withheld\n");

    /** For a server that is many sandboxes at once, in the same process. */
    private static final ProbeSettings GENTLE = new ProbeSettings(
            Duration.ofMillis(150),
            Duration.ofSeconds(10),
            Duration.ofMillis(500),
            Duration.ofMinutes(5),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofMinutes(5),
            Duration.ofMinutes(1),
            Duration.ofSeconds(5),
            8,
            Duration.ofSeconds(20),
            Duration.ofMinutes(1));

    SandboxProberTest() {
        super(TestProber.PATIENT);
    }

    @Test
    void availableAtTheFirstAttemptAfterTheServerBecameReady() {
        List<Observation> seenWhenAsked = new CopyOnWriteArrayList<>();
        sandbox.answer(READYZ, number -> {
            seenWhenAsked.add(probe.latest());
            return number <= 5 ? NOT_READY : READY;
        });

        probe.prober.watch(probe.id, sandbox.target("localhost"));

        await().until(() -> seenWhenAsked.size() > 7);
        assertThat(seenWhenAsked.get(5)).as("before the first good answer").isInstanceOf(Failing.class);
        assertThat(seenWhenAsked.get(6)).as("after it").isEqualTo(AVAILABLE);
        await().until(() -> probe.changes.size() == 2);
        assertThat(probe.changes.get(0)).isInstanceOfSatisfying(Failing.class, failing -> assertThat(failing.kind())
                .isEqualTo(EndpointFailure.NotReady));
    }

    @Test
    void asksForVersionAndAccountOnceAndSaysNothingWhileNothingChanges() {
        probe.prober.watch(probe.id, sandbox.target("localhost"));

        await().until(() -> sandbox.requests(READYZ) > 12);

        assertThat(probe.changes).containsExactly(AVAILABLE);
        assertThat(sandbox.requests(VERSION)).isEqualTo(1);
        assertThat(sandbox.requests(GET_ACCOUNT)).isEqualTo(1);
        assertThat(sandbox.connections).as("one connection for all").hasValue(1);
    }

    @Test
    void createsTheMissingDefaultServiceAccount() {
        sandbox.answer(GET_ACCOUNT, Reply.text(404, ""));
        sandbox.answer(CREATE_ACCOUNT, new Reply(201, "application/json", "{}"));

        assertThat(probe.awaitChange(sandbox.target("localhost"))).isEqualTo(AVAILABLE);

        assertThat(sandbox.created).hasSize(1);
        JsonObject account = new JsonObject(sandbox.created.get(0));
        assertThat(account.getString("kind")).isEqualTo("ServiceAccount");
        assertThat(account.getJsonObject("metadata").getString("name")).isEqualTo("default");
        assertThat(account.getJsonObject("metadata").getString("namespace")).isEqualTo("default");
    }

    @Test
    void waitsForTheNamespaceOfTheDefaultServiceAccount() {
        sandbox.answer(GET_ACCOUNT, Reply.text(404, ""));
        sandbox.answer(
                CREATE_ACCOUNT, number -> number < 4 ? Reply.text(404, "") : new Reply(201, "application/json", "{}"));

        assertThat(probe.awaitChange(sandbox.target("localhost")))
                .isInstanceOfSatisfying(Failing.class, failing -> assertThat(failing.kind())
                        .isEqualTo(EndpointFailure.DefaultServiceAccountMissing));
        probe.await(Available.class);
        assertThat(sandbox.requests(CREATE_ACCOUNT)).isEqualTo(4);
    }

    @Test
    void attemptsThatTheApiServerAnswersShareAConnection() {
        sandbox.answer(READYZ, number -> number <= 5 ? NOT_READY : READY);

        probe.prober.watch(probe.id, sandbox.target("localhost"));

        await().until(() -> sandbox.requests(READYZ) > 10);
        assertThat(sandbox.connections).hasValue(1);
    }

    @Test
    void accountAndVersionAreSeenToBeforeTheApiServerIsReady() {
        sandbox.answer(READYZ, number -> number <= 5 ? NOT_READY : READY);

        probe.prober.watch(probe.id, sandbox.target("localhost"));

        await().until(() -> sandbox.requests(READYZ) >= 3);
        assertThat(sandbox.requests(GET_ACCOUNT)).isEqualTo(1);
        assertThat(sandbox.requests(VERSION)).isEqualTo(1);
        probe.await(Available.class);
        assertThat(sandbox.requests(GET_ACCOUNT)).isEqualTo(1);
        assertThat(sandbox.requests(VERSION)).isEqualTo(1);
    }

    @Test
    void everyAttemptAfterAnotherFailureHasAConnectionOfItsOwn() {
        sandbox.answer(READYZ, number -> number <= 5 ? Reply.text(401, "no") : READY);

        probe.prober.watch(probe.id, sandbox.target("localhost"));

        await().until(() -> sandbox.requests(READYZ) > 10);
        assertThat(sandbox.connections).hasValue(6);
    }

    @Test
    void oneHeartbeatThatFailsIsNotReported() {
        sandbox.answer(READYZ, number -> number == 3 ? Reply.text(401, "no") : READY);

        probe.prober.watch(probe.id, sandbox.target("localhost"));

        await().until(() -> sandbox.requests(READYZ) > 8);
        assertThat(probe.changes).containsExactly(AVAILABLE);
        assertThat(sandbox.connections).as("a new one after the failure").hasValue(2);
    }

    @Test
    void theSecondHeartbeatInARowThatFailsIsReported() {
        List<Integer> askedWhenReported = new CopyOnWriteArrayList<>();
        sandbox.answer(READYZ, number -> {
            if (probe.latest() instanceof Failing) {
                askedWhenReported.add(number);
            }
            return number < 3 || number > 6 ? READY : NOT_READY;
        });

        probe.prober.watch(probe.id, sandbox.target("localhost"));

        await().until(() -> probe.changes.size() == 3);
        assertThat(askedWhenReported.get(0)).as("requests 3 and 4 failed").isEqualTo(5);
        assertThat(probe.changes.get(1)).isInstanceOfSatisfying(Failing.class, failing -> assertThat(failing.kind())
                .isEqualTo(EndpointFailure.NotReady));
        assertThat(probe.changes.get(2)).isEqualTo(AVAILABLE);
        assertThat(sandbox.requests(GET_ACCOUNT)).as("looked at anew").isEqualTo(2);
    }

    @Test
    void anotherTargetDiscardsWhatWasSeen() {
        probe.close();
        probe = new TestProber();
        assertThat(probe.awaitChange(sandbox.target("localhost"))).isEqualTo(AVAILABLE);
        sandbox.answer(READYZ, (Reply) null);

        probe.prober.watch(probe.id, sandbox.target("localhost", null, "2"));

        assertThat(probe.latest()).isEqualTo(new Pending());
        sandbox.answer(READYZ, READY);
        probe.await(Available.class);
        assertThat(sandbox.requests(VERSION)).isEqualTo(2);
        assertThat(sandbox.connections).hasValueGreaterThan(1);
    }

    @Test
    void theSameTargetChangesNothing() {
        assertThat(probe.awaitChange(sandbox.target("localhost"))).isEqualTo(AVAILABLE);

        probe.prober.watch(probe.id, sandbox.target("localhost"));

        assertThat(probe.latest()).isEqualTo(AVAILABLE);
        int asked = sandbox.requests(READYZ);
        await().until(() -> sandbox.requests(READYZ) > asked + 3);
        assertThat(sandbox.requests(VERSION)).isEqualTo(1);
    }

    @Test
    void forgetsForGood() {
        assertThat(probe.awaitChange(sandbox.target("localhost"))).isEqualTo(AVAILABLE);

        probe.prober.forget(probe.id);

        assertThat(probe.latest()).isEqualTo(new Pending());
        int asked = sandbox.requests();
        await().during(Duration.ofMillis(300)).until(() -> sandbox.requests() <= asked + 1);
        assertThat(probe.changes).hasSize(1);
    }

    @Test
    void reportsOtherWordsOfTheSameFailureNowAndThen() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
        Clock clock = new Clock() {
            @Override
            public Instant instant() {
                return now.get();
            }

            @Override
            public ZoneId getZone() {
                return ZoneId.of("UTC");
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        sandbox.answer(READYZ, number -> Reply.text(500, "[-]check-" + number + " failed"));
        try (TestProber slow = new TestProber(TestProber.HURRIED, clock, new AddressResolverOptions())) {
            slow.prober.watch(slow.id, sandbox.target("localhost"));

            await().until(() -> sandbox.requests(READYZ) > 6);
            assertThat(slow.changes).hasSize(1);
            assertThat(slow.latest()).as("up to date without a report").isNotEqualTo(slow.changes.get(0));

            now.set(Instant.EPOCH.plus(TestProber.HURRIED.messageInterval()));
            int asked = sandbox.requests(READYZ);
            await().until(() -> sandbox.requests(READYZ) > asked + 6);
            assertThat(slow.changes).hasSize(2);
        }
    }

    @Test
    void whatFailsNowInThisWayAndNowInThatIsNoNewsEachTime() {
        sandbox.answer(READYZ, number -> number % 2 == 0 ? Reply.text(401, "") : Reply.text(500, "[-]check failed"));

        probe.prober.watch(probe.id, sandbox.target("localhost"));

        await().until(() -> sandbox.requests(READYZ) > 12);
        assertThat(probe.changes).hasSize(1);
    }

    @Test
    void watchesManyWithFewThreadsAndEndsThem() {
        Set<Thread> before = vertxThreads();
        Set<ResourceID> available = ConcurrentHashMap.newKeySet();
        Set<Thread> used;
        try (SandboxProber prober = new SandboxProber(available::add, GENTLE, Clock.systemUTC())) {
            List<ResourceID> ids = IntStream.range(0, 100)
                    .mapToObj(number -> new ResourceID("demo-" + number, "previews"))
                    .toList();
            ids.forEach(id -> prober.watch(id, sandbox.target("localhost")));

            await().atMost(Duration.ofSeconds(60))
                    .until(() -> ids.stream().allMatch(id -> prober.latest(id).equals(AVAILABLE)));
            used = vertxThreads();
            used.removeAll(before);
            assertThat(available).containsExactlyInAnyOrderElementsOf(ids);
            assertThat(used).hasSizeLessThanOrEqualTo(8);
        }
        await().untilAsserted(() -> assertThat(used).noneMatch(Thread::isAlive));
    }

    /** As those behind a firewall that drops, or whose node is gone, do. */
    @Test
    void endpointsThatSwallowPacketsHoldUpNoOther() throws IOException {
        sandbox.answer(READYZ, number -> number <= 20 ? NOT_READY : READY);
        try (ServerSocket hole = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                TestProber many = new TestProber(ProbeSettings.DEFAULT)) {
            fill(hole);
            List<ResourceID> silent = IntStream.range(0, 200)
                    .mapToObj(number -> new ResourceID("silent-" + number, "previews"))
                    .toList();
            silent.forEach(id -> many.prober.watch(id, at(hole.getLocalPort(), sandbox.target("localhost"))));
            await().atMost(Duration.ofSeconds(60)).until(() -> silent.stream()
                    .allMatch(id -> many.prober.latest(id) instanceof Failing failing
                            && failing.kind() == EndpointFailure.ConnectTimeout));

            many.prober.watch(many.id, sandbox.target("localhost"));
            await().atMost(Duration.ofSeconds(20)).until(() -> many.latest().equals(AVAILABLE));
        }
    }

    /** Until connections are neither accepted nor refused any more. */
    private static void fill(ServerSocket hole) throws IOException {
        for (int i = 0; i < 4; i++) {
            SocketChannel pending = SocketChannel.open();
            pending.configureBlocking(false);
            pending.connect(hole.getLocalSocketAddress());
        }
    }

    private static Target at(int port, Target target) {
        return new Target(
                target.access().at(URI.create("https://127.0.0.1:" + port)),
                false,
                false,
                Optional.empty(),
                target.incarnation());
    }

    @Test
    void failuresOfEverOtherKindsAreNotAllReported() {
        sandbox.answer(READYZ, number -> number % 2 == 0 ? NOT_READY : Reply.text(401, "no"));

        probe.prober.watch(probe.id, sandbox.target("localhost"));

        await().until(() -> sandbox.requests(READYZ) > 20);
        assertThat(probe.changes).hasSizeLessThan(8);
        sandbox.answer(READYZ, READY);
        await().until(() -> probe.changes.contains(AVAILABLE));
    }

    private static Set<Thread> vertxThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("vert"))
                .collect(Collectors.toSet());
    }
}
