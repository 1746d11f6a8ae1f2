package dev.sandboxcluster.operator.router;

import static dev.sandboxcluster.operator.router.RouterFixture.UNRECOGNIZED_NAME;
import static dev.sandboxcluster.operator.router.RouterFixture.background;
import static dev.sandboxcluster.operator.router.RouterFixture.converse;
import static dev.sandboxcluster.operator.router.RouterFixture.helloBytes;
import static dev.sandboxcluster.operator.router.RouterFixture.name;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.operator.router.RouterFixture.Backend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections go to the sandbox that has the name, as they are, and both sides end as they wish. */
class RouterTest {

    private final RouterFixture fixture = new RouterFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aHelloGoesAsItIsToTheSandboxThatHasItsName() throws Exception {
        try (Backend first = fixture.awake("a");
                Backend second = fixture.awake("b");
                Socket client = fixture.client()) {
            byte[] hello = helloBytes(name("b").toUpperCase(Locale.ROOT));
            client.getOutputStream().write(hello);

            try (Socket sandbox = second.accept()) {
                assertThat(sandbox.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
                sandbox.getOutputStream().write("answer".getBytes(US_ASCII));
                assertThat(client.getInputStream().readNBytes(6)).isEqualTo("answer".getBytes(US_ASCII));
            }
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(first.isUsed()).isFalse();
        }
    }

    @Test
    void aHelloInManyPacketsIsOneHello() throws Exception {
        try (Backend backend = fixture.awake("a");
                Socket client = fixture.client()) {
            byte[] hello = helloBytes(name("a"));
            for (byte one : hello) {
                client.getOutputStream().write(one);
                client.getOutputStream().flush();
            }

            try (Socket sandbox = backend.accept()) {
                assertThat(sandbox.getInputStream().readNBytes(hello.length)).isEqualTo(hello);
            }
        }
    }

    /** As some clients send it where it has post-quantum key shares, or a middlebox splits it. */
    @Test
    void aHelloInManyRecordsIsOneHello() throws Exception {
        byte[] hello = helloBytes(name("a"));
        byte[] split = new byte[hello.length + 5];
        int first = 100;
        System.arraycopy(hello, 0, split, 0, 5 + first);
        split[3] = 0;
        split[4] = (byte) first;
        int rest = hello.length - 5 - first;
        split[5 + first] = 22;
        split[6 + first] = 3;
        split[7 + first] = 1;
        split[8 + first] = (byte) (rest >> 8);
        split[9 + first] = (byte) rest;
        System.arraycopy(hello, 5 + first, split, 10 + first, rest);
        try (Backend backend = fixture.awake("a");
                Socket client = fixture.client()) {
            client.getOutputStream().write(split);

            try (Socket sandbox = backend.accept()) {
                assertThat(sandbox.getInputStream().readNBytes(split.length)).isEqualTo(split);
            }
        }
    }

    /** As with early data: what comes before the sandbox has taken the connection waits for it. */
    @Test
    void whatFollowsTheHelloFollowsIt() throws Exception {
        try (Backend backend = fixture.awake("a");
                Socket client = fixture.client()) {
            byte[] hello = helloBytes(name("a"));
            byte[] early = new byte[hello.length + 300_000];
            System.arraycopy(hello, 0, early, 0, hello.length);
            early[early.length - 1] = 7;
            background(() -> client.getOutputStream().write(early));

            try (Socket sandbox = backend.accept()) {
                assertThat(sandbox.getInputStream().readNBytes(early.length)).isEqualTo(early);
            }
        }
    }

    /** Nobody learns which names there are. */
    @Test
    void whatNobodyHasAndNoNameAtAllAndNoTlsAreRefusedAlike() throws Exception {
        fixture.awake("a").close();
        for (String name : new String[] {"b.team.sandboxes.internal", "a.team.elsewhere", "a", null}) {
            try (Socket client = fixture.hello(name)) {
                assertThat(client.getInputStream().readAllBytes()).as(name).isEqualTo(UNRECOGNIZED_NAME);
            }
        }
        try (Socket client = fixture.client()) {
            client.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(UNRECOGNIZED_NAME);
        }
        assertThat(fixture.refused(Refused.NO_ROUTE)).isEqualTo(5);
        assertThat(fixture.users).isEmpty();
    }

    /** As with a request whose end is the end of what is sent. */
    @Test
    void whoHasSentItsLastMayStillReceive() throws Exception {
        byte[] large = new byte[4 * 1024 * 1024];
        try (Backend backend = fixture.awake("a");
                Socket client = fixture.hello(name("a"));
                Socket sandbox = converse(client, backend)) {
            client.shutdownOutput();
            sandbox.getInputStream().readAllBytes();
            background(() -> {
                sandbox.getOutputStream().write(large);
                sandbox.shutdownOutput();
            });

            assertThat(client.getInputStream().readAllBytes()).hasSize(large.length);
            // Both have ended: nobody waits until one falls silent.
            await().atMost(RouterFixture.TIMES.halfClosed().minusMillis(200))
                    .until(() -> fixture.router.connections() == 0);
        }
    }

    @Test
    void whoFallsSilentAfterTheOtherHasEndedIsEnded() throws Exception {
        try (Backend backend = fixture.awake("a");
                Socket client = fixture.hello(name("a"));
                Socket sandbox = converse(client, backend)) {
            client.shutdownOutput();
            for (int part = 0; part < 6; part++) {
                await().pollDelay(Duration.ofMillis(300)).until(() -> true);
                sandbox.getOutputStream().write(part);
                assertThat(client.getInputStream().read()).isEqualTo(part);
            }
            assertThat(fixture.router.connections()).isEqualTo(1);

            assertThat(client.getInputStream().read()).isEqualTo(-1);
            await().until(() -> fixture.router.connections() == 0);
        }
    }

    @Test
    void whereTheSandboxHasEndedASilentClientIsEndedToo() throws Exception {
        try (Backend backend = fixture.awake("a");
                Socket client = fixture.hello(name("a"))) {
            converse(client, backend).close();

            await().until(() -> fixture.router.connections() == 0);
        }
    }

    @Test
    void aClientThatVanishesEndsItsSandboxsSide() throws Exception {
        try (Backend backend = fixture.awake("a");
                Socket client = fixture.hello(name("a"));
                Socket sandbox = converse(client, backend)) {
            client.setSoLinger(true, 0);
            client.close();

            while (sandbox.getInputStream().read() >= 0) {
                // The rest of the hello.
            }
            await().until(() -> fixture.users("a") == 0);
        }
    }

    @Test
    void whoReadsSlowlyHoldsUpItsSandboxAndNotTheMemory() throws Exception {
        AtomicLong written = new AtomicLong();
        try (Backend backend = fixture.awake("a");
                Socket client = fixture.hello(name("a"));
                Socket sandbox = converse(client, backend)) {
            background(() -> {
                byte[] part = new byte[64 * 1024];
                while (true) {
                    sandbox.getOutputStream().write(part);
                    written.addAndGet(part.length);
                }
            });
            await().until(() -> written.get() > 64 * 1024);

            long[] before = new long[1];
            await().pollInterval(Duration.ofMillis(500))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        long now = written.get();
                        boolean stopped = now == before[0];
                        before[0] = now;
                        return stopped;
                    });
            client.getInputStream().readNBytes((int) Math.min(written.get(), 4 * 1024 * 1024));
            await().until(() -> written.get() > before[0]);
        }
    }

    @Test
    void drainingItTakesNobodyAndGoesOnWithThoseItHas() throws Exception {
        try (Backend backend = fixture.awake("a");
                Socket client = fixture.hello(name("a"));
                Socket sandbox = converse(client, backend)) {
            fixture.router.stopAccepting();

            // The kernel may take some more, until the channel's key is gone.
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> fixture.client().close()).isInstanceOf(IOException.class));
            sandbox.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);

            fixture.router.close();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aRouteThatIsDeletedRecreatedStoppedOrElsewhereEndsItsConnections() throws Exception {
        try (Backend backend = fixture.awake("a")) {
            for (Runnable change : new Runnable[] {
                () -> fixture.table.remove(RouterFixture.id("a")),
                () -> fixture.route(new Route.Id("team", "a", "another"), State.Awake, backend.address()),
                () -> fixture.route("a", State.Stopped),
                () -> fixture.route("a", State.Awake, new InetSocketAddress("127.0.0.9", 6443))
            }) {
                fixture.table.remove(new Route.Id("team", "a", "another"));
                fixture.route("a", State.Awake, backend.address());
                try (Socket client = fixture.hello(name("a"));
                        Socket sandbox = converse(client, backend)) {
                    change.run();

                    assertThat(client.getInputStream().read()).isEqualTo(-1);
                    while (sandbox.getInputStream().read() >= 0) {
                        // The rest of the hello.
                    }
                }
            }
            await().until(() -> fixture.users("a") == 0);
        }
    }

    /** Its route says something else, such as that it dozes, and where it is stays. */
    @Test
    void anotherChangeEndsNothing() throws Exception {
        try (Backend backend = fixture.awake("a");
                Socket client = fixture.hello(name("a"));
                Socket sandbox = converse(client, backend)) {
            fixture.route("a", State.Dozing, backend.address(), RouterFixture.nobody());

            sandbox.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);
        }
    }
}
