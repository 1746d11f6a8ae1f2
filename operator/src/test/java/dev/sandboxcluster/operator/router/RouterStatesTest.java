package dev.sandboxcluster.operator.router;

import static dev.sandboxcluster.operator.router.RouterFixture.INTERNAL_ERROR;
import static dev.sandboxcluster.operator.router.RouterFixture.converse;
import static dev.sandboxcluster.operator.router.RouterFixture.name;
import static dev.sandboxcluster.operator.router.RouterFixture.nobody;
import static dev.sandboxcluster.operator.router.RouterFixture.quietName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.operator.router.RouterFixture.Backend;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who comes is answered, waits, or is refused, as his sandbox does. */
class RouterStatesTest {

    private static final long ANSWER_MILLIS = RouterFixture.TIMES.answer().toMillis();

    private final RouterFixture fixture = new RouterFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void whereTheFirstAddressRefusesTheSecondIsTaken() throws Exception {
        try (Backend backend = new Backend()) {
            fixture.route("a", State.Awake, nobody(), backend.address());
            try (Socket client = fixture.hello(name("a"))) {
                converse(client, backend).close();
            }
        }
    }

    /** A pod that is gone with its node doesn't say so. */
    @Test
    void whereTheFirstAddressIsSilentTheSecondIsTakenSoon() throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        List<Socket> full = new ArrayList<>();
        try (Backend silent = new Backend(any, 1);
                Backend backend = new Backend()) {
            // Whose queue is full takes nobody, and refuses nobody.
            for (int one = 0; one < 2; one++) {
                full.add(new Socket(
                        silent.address().getAddress(), silent.address().getPort()));
            }
            fixture.route("a", State.Awake, silent.address(), backend.address());
            long begin = System.nanoTime();
            try (Socket client = fixture.hello(name("a"))) {
                converse(client, backend).close();
            }
            assertThat(millisSince(begin)).isBetween(290L, 1500L);
        } finally {
            for (Socket socket : full) {
                socket.close();
            }
        }
    }

    @Test
    void whatStartsIsTriedUntilItTakesTheConnection() throws Exception {
        InetSocketAddress address = nobody();
        fixture.route("a", State.Awake, address);
        try (Socket client = fixture.hello(name("a"))) {
            await().pollDelay(Duration.ofMillis(400)).until(() -> fixture.waiting() == 1);
            try (Backend backend = new Backend(address, 50)) {
                converse(client, backend).close();
            }
        }
        await().until(() -> fixture.waiting() == 0);
    }

    @Test
    void whoWaitsGoesOnAsSoonAsThereIsAnAddress() throws Exception {
        for (State state : List.of(State.Awake, State.Suspended)) {
            fixture.route("a", state);
            try (Backend backend = new Backend();
                    Socket client = fixture.hello(name("a"))) {
                await().until(() -> fixture.users("a") == 1);
                long begin = System.nanoTime();
                fixture.route("a", State.Awake, backend.address());

                converse(client, backend).close();
                assertThat(millisSince(begin)).isLessThan(300);
            }
            await().until(() -> fixture.users("a") == 0);
        }
    }

    /** What runs no more, or not yet, is not dialled. */
    @Test
    void aSuspendedSandboxIsNotDialled() throws Exception {
        try (Backend backend = new Backend()) {
            fixture.route("a", State.Suspended, backend.address());
            try (Socket client = fixture.hello(name("a"))) {
                await().until(() -> fixture.users("a") == 1);
                assertThat(backend.isUsed()).isFalse();
            }
            // And nobody waits who is gone.
            await().atMost(Duration.ofSeconds(1)).until(() -> fixture.users("a") == 0);
        }
    }

    /** A client whose connection ends tries again. */
    @Test
    void whoWaitsTooLongIsEndedWithoutAWord() throws Exception {
        fixture.route("suspended", State.Suspended);
        fixture.route("nowhere", State.Awake);
        fixture.route("refuses", State.Awake, nobody());
        for (String sandbox : List.of("suspended", "nowhere", "refuses")) {
            long begin = System.nanoTime();
            try (Socket client = fixture.hello(name(sandbox))) {
                assertThat(client.getInputStream().readAllBytes()).as(sandbox).isEmpty();
                assertThat(millisSince(begin)).as(sandbox).isBetween(ANSWER_MILLIS - 300, ANSWER_MILLIS + 1000);
            }
        }
        assertThat(fixture.refused(Refused.NO_ANSWER)).isEqualTo(3);
        await().until(() -> fixture.waiting() == 0);
    }

    /** The network of a pod whose processes are stopped takes connections, and what is sent. */
    @Test
    void aDozingSandboxIsDialledAtOnceAndHasTheSameTimeToAnswer() throws Exception {
        try (Backend backend = new Backend()) {
            fixture.route("a", State.Dozing, backend.address());
            try (Socket client = fixture.hello(name("a"));
                    Socket sandbox = converse(client, backend)) {
                assertThat(sandbox.isConnected()).isTrue();
            }
            long begin = System.nanoTime();
            try (Socket client = fixture.hello(name("a"));
                    Socket sandbox = backend.accept()) {
                assertThat(client.getInputStream().readAllBytes()).isEmpty();
                assertThat(millisSince(begin)).isBetween(ANSWER_MILLIS - 300, ANSWER_MILLIS + 1000);
                sandbox.getInputStream().readAllBytes();
            }
        }
    }

    @Test
    void aStoppedSandboxRefusesAtOnceAndNobodyUsedIt() throws Exception {
        fixture.route("a", State.Stopped);
        try (Socket client = fixture.hello(name("a"))) {
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(INTERNAL_ERROR);
        }
        assertThat(fixture.users).isEmpty();
    }

    @Test
    void whoWaitsForWhatIsStoppedMeanwhileIsTold() throws Exception {
        fixture.route("a", State.Suspended);
        try (Socket client = fixture.hello(name("a"))) {
            await().until(() -> fixture.users("a") == 1);
            fixture.route("a", State.Stopped);

            assertThat(client.getInputStream().readAllBytes()).isEqualTo(INTERNAL_ERROR);
        }
    }

    @Test
    void whoWaitsForWhatIsDeletedIsEnded() throws Exception {
        fixture.route("a", State.Suspended);
        try (Socket client = fixture.hello(name("a"))) {
            await().until(() -> fixture.users("a") == 1);
            fixture.table.remove(RouterFixture.id("a"));

            assertThat(client.getInputStream().readAllBytes()).isEmpty();
        }
        assertThat(fixture.refused(Refused.GONE)).isEqualTo(1);
    }

    @Test
    void whoIsToBeEndedIsWhetherHeWaitsOrIsTaken() throws Exception {
        fixture.route("waits", State.Suspended);
        try (Backend backend = fixture.awake("taken");
                Socket waits = fixture.hello(name("waits"));
                Socket taken = fixture.hello(name("taken"));
                Socket sandbox = converse(taken, backend);
                Socket other = fixture.hello(name("taken"));
                Socket ofOther = converse(other, backend)) {
            await().until(() -> fixture.users("waits") == 1);
            fixture.shared.open().end(RouterFixture.id("waits"));
            fixture.shared.open().end(RouterFixture.id("taken"));

            for (Socket client : List.of(waits, taken, other)) {
                assertThat(client.getInputStream().readAllBytes()).isEmpty();
            }
            sandbox.getInputStream().readAllBytes();
            ofOther.getInputStream().readAllBytes();
            await().until(() -> fixture.users("waits") == 0 && fixture.users("taken") == 0);
        }
    }

    @Test
    void whoComesByAQuietNameIsNobodyAndIsNotHeldForLong() throws Exception {
        try (Backend backend = fixture.awake("a");
                Socket client = fixture.hello(quietName("a"));
                Socket sandbox = converse(client, backend)) {
            assertThat(sandbox.isConnected()).isTrue();
        }
        fixture.route("a", State.Suspended);
        try (Socket client = fixture.hello(quietName("a"))) {
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(INTERNAL_ERROR);
        }
        fixture.route("a", State.Awake, nobody());
        long begin = System.nanoTime();
        try (Socket client = fixture.hello(quietName("a"))) {
            assertThat(client.getInputStream().readAllBytes()).isEmpty();
            assertThat(millisSince(begin)).isLessThan(1500);
        }
        assertThat(fixture.users).isEmpty();
    }

    /** An API server that just started refuses what its users may do. */
    @Test
    void whoComesWhileItStartsWaitsUntilItCanBeUsedButTheOperatorLooks() throws Exception {
        try (Backend backend = new Backend();
                Socket user = startingAt(backend)) {
            await().until(() -> fixture.users("a") == 1);
            try (Socket quiet = fixture.hello(quietName("a"));
                    Socket seen = converse(quiet, backend)) {
                assertThat(seen.isConnected()).isTrue();
            }
            fixture.route("a", State.Awake, backend.address());

            try (Socket sandbox = converse(user, backend)) {
                assertThat(sandbox.isConnected()).isTrue();
            }
        }
    }

    private Socket startingAt(Backend backend) throws Exception {
        fixture.route("a", State.Starting, backend.address());
        return fixture.hello(name("a"));
    }

    @Test
    void manyWhoWaitAllGoOn() throws Exception {
        fixture.route("a", State.Suspended);
        List<Socket> clients = new ArrayList<>();
        try (Backend backend = new Backend()) {
            for (int one = 0; one < 50; one++) {
                clients.add(fixture.hello(name("a")));
            }
            await().until(() -> fixture.users("a") == 50);
            fixture.route("a", State.Awake, backend.address());

            List<Socket> sandboxes = new ArrayList<>();
            for (int one = 0; one < 50; one++) {
                Socket sandbox = backend.accept();
                sandbox.getOutputStream().write(1);
                sandboxes.add(sandbox);
            }
            for (Socket client : clients) {
                assertThat(client.getInputStream().read()).isEqualTo(1);
            }
            for (Socket sandbox : sandboxes) {
                sandbox.close();
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static long millisSince(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin).toMillis();
    }
}
