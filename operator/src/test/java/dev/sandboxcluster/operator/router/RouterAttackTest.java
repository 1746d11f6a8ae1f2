package dev.sandboxcluster.operator.router;

import static dev.sandboxcluster.operator.router.RouterFixture.INTERNAL_ERROR;
import static dev.sandboxcluster.operator.router.RouterFixture.background;
import static dev.sandboxcluster.operator.router.RouterFixture.converse;
import static dev.sandboxcluster.operator.router.RouterFixture.helloBytes;
import static dev.sandboxcluster.operator.router.RouterFixture.name;
import static dev.sandboxcluster.operator.router.RouterFixture.quietName;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.operator.router.RouterFixture.Backend;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nobody takes more than his share, of time, of memory or of connections. */
class RouterAttackTest {

    private static final RouterLimits LIMITS = new RouterLimits(2 * 1024, Duration.ofMillis(700), 30_000, 3, 30_000);

    @Test
    void slowHellosEnd() throws Exception {
        byte[] hello = helloBytes(name("a"));
        try (RouterFixture fixture = new RouterFixture(LIMITS, RouterFixture.TIMES, false);
                Socket silent = fixture.client();
                Socket half = fixture.client();
                Socket slow = fixture.client()) {
            long begin = System.nanoTime();
            half.getOutputStream().write(hello, 0, 40);
            for (int at = 0; at < 3; at++) {
                slow.getOutputStream().write(hello[at]);
                await().pollDelay(Duration.ofMillis(200)).until(() -> true);
            }
            for (Socket client : List.of(silent, half, slow)) {
                assertThat(client.getInputStream().readAllBytes()).isEmpty();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
            assertThat(fixture.refused(Refused.SLOW_HELLO)).isEqualTo(3);
        }
    }

    @Test
    void oversizedHellosEndAtOnce() throws Exception {
        byte[] saysItIsLong = {22, 3, 1, 0, 4, 1, 0, (byte) 255, (byte) 255};
        // The record is longer than the hello that it begins with says it is, and never whole.
        byte[] longRecord = Arrays.copyOf(new byte[] {22, 3, 1, 127, 0, 1, 0, 0, 99}, 3000);
        byte[] manyRecords = new byte[6000];
        for (int at = 0; at < manyRecords.length; at += 6) {
            manyRecords[at] = 22;
            manyRecords[at + 1] = 3;
            manyRecords[at + 2] = 1;
            manyRecords[at + 4] = 1;
            manyRecords[at + 5] = (byte) (at == 0 ? 1 : at == 12 ? 4 : 0);
        }
        byte[] half = Arrays.copyOf(helloBytes(name("a")), 40);
        try (RouterFixture fixture = new RouterFixture(LIMITS, RouterFixture.TIMES, false)) {
            for (byte[] begin : List.of(saysItIsLong, longRecord, manyRecords)) {
                long begun = System.nanoTime();
                assertThat(answer(fixture, begin, false)).hasSizeLessThan(8);
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(600));
            }
            assertThat(answer(fixture, half, true)).isEmpty();
            await().until(() -> fixture.router.connections() == 0);
            assertThat(fixture.refused(Refused.BAD_HELLO)).isGreaterThanOrEqualTo(3);
        }
    }

    private static byte[] answer(RouterFixture fixture, byte[] begin, boolean ending) throws IOException {
        try (Socket client = fixture.client()) {
            client.getOutputStream().write(begin);
            if (ending) {
                client.shutdownOutput();
            }
            return client.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            return new byte[0];
        }
    }

    @Test
    void aSandboxHasNoMoreConnectionsThanItMayAndTheOperatorStillComesThrough() throws Exception {
        try (RouterFixture fixture = new RouterFixture(LIMITS, RouterFixture.TIMES, true);
                Backend backend = fixture.awake("a")) {
            List<Socket> open = new ArrayList<>();
            for (int one = 0; one < 3; one++) {
                Socket client = proxied(fixture, name("a"), "192.0.2." + one);
                converse(client, backend);
                open.add(client);
            }
            try (Socket fourth = proxied(fixture, name("a"), "192.0.2.4")) {
                assertThat(fourth.getInputStream().readAllBytes()).isEqualTo(INTERNAL_ERROR);
            }
            try (Socket quiet = proxied(fixture, quietName("a"), "192.0.2.4")) {
                converse(quiet, backend).close();
            }
            assertThat(fixture.users("a")).isEqualTo(3);
            for (Socket client : open) {
                client.close();
            }
            await().until(() -> fixture.shared.bySandbox().of("team/a") == 0);
            try (Socket again = proxied(fixture, name("a"), "192.0.2.4")) {
                converse(again, backend).close();
            }
            assertThat(fixture.refused(Refused.SANDBOX_LIMIT)).isEqualTo(1);
        }
    }

    @Test
    void oneSourceTakesNoSandboxForItself() throws Exception {
        RouterLimits limits = new RouterLimits(2 * 1024, Duration.ofSeconds(5), 30_000, 4, 30_000);
        try (RouterFixture fixture = new RouterFixture(limits, RouterFixture.TIMES, true);
                Backend backend = fixture.awake("a")) {
            for (String source : List.of("192.0.2.1", "2001:db8::1")) {
                for (int one = 0; one < 2; one++) {
                    converse(proxied(fixture, name("a"), source), backend);
                }
                for (int one = 0; one < RouterLimits.QUIET_PER_SANDBOX_AND_SOURCE && source.contains("."); one++) {
                    proxied(fixture, quietName("a"), source);
                    backend.accept();
                }
            }
            for (String same : List.of("192.0.2.1", "2001:db8::2")) {
                try (Socket third = proxied(fixture, name("a"), same)) {
                    assertThat(third.getInputStream().readAllBytes()).isEqualTo(INTERNAL_ERROR);
                }
            }
            try (Socket seventeenth = proxied(fixture, quietName("a"), "192.0.2.1")) {
                assertThat(seventeenth.getInputStream().readAllBytes()).isEqualTo(INTERNAL_ERROR);
            }
            assertThat(fixture.refused(Refused.SOURCE_LIMIT)).isEqualTo(3);
            try (Socket operator = proxied(fixture, quietName("a"), "192.0.2.9")) {
                converse(operator, backend).close();
            }
        }
    }

    @Test
    void aSourceHasNoMoreConnectionsThanItMay() throws Exception {
        RouterLimits limits = new RouterLimits(2 * 1024, Duration.ofSeconds(5), 30_000, 100, 2);
        try (RouterFixture fixture = new RouterFixture(limits, RouterFixture.TIMES, false);
                Backend backend = fixture.awake("a")) {
            try (Socket first = fixture.client();
                    Socket second = fixture.client();
                    Socket third = fixture.client()) {
                assertThat(third.getInputStream().read()).isEqualTo(-1);
                assertThat(first.isClosed() || second.isClosed()).isFalse();
            }
            await().until(() -> fixture.router.connections() == 0);
            try (Socket again = fixture.hello(name("a"))) {
                converse(again, backend).close();
            }
            assertThat(fixture.refused(Refused.SOURCE_LIMIT)).isEqualTo(1);
        }
    }

    @Test
    void behindAProxyTheSourceIsWhomItNames() throws Exception {
        RouterLimits limits = new RouterLimits(2 * 1024, Duration.ofSeconds(1), 30_000, 100, 1);
        try (RouterFixture fixture = new RouterFixture(limits, RouterFixture.TIMES, true);
                Backend backend = fixture.awake("a");
                Socket one = proxied(fixture, name("a"), "192.0.2.1");
                Socket another = proxied(fixture, name("a"), "192.0.2.2")) {
            converse(one, backend);
            converse(another, backend);
            try (Socket second = proxied(fixture, name("a"), "192.0.2.1")) {
                assertThat(second.getInputStream().read()).isEqualTo(-1);
            }
            try (Socket none = fixture.hello(name("a"))) {
                assertThat(none.getInputStream().read()).isEqualTo(-1);
            }
            try (Socket silent = fixture.client()) {
                assertThat(silent.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(fixture.refused(Refused.SOURCE_LIMIT)).isEqualTo(1);
            assertThat(fixture.refused(Refused.PROXY_HEADER)).isEqualTo(1);
            assertThat(fixture.refused(Refused.SLOW_HELLO)).isEqualTo(1);
        }
    }

    @Test
    void podsOfTheHostClusterNeedNoProxy() throws Exception {
        try (RouterFixture fixture = new RouterFixture(LIMITS, RouterFixture.TIMES, true);
                Backend backend = fixture.awake("a")) {
            InetSocketAddress internal =
                    fixture.router.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), false);
            try (Socket client = new Socket(internal.getAddress(), internal.getPort())) {
                client.setSoTimeout(10_000);
                client.getOutputStream().write(helloBytes(name("a")));
                converse(client, backend).close();
            }
        }
    }

    private static Socket proxied(RouterFixture fixture, String name, String source) throws IOException {
        Socket client = fixture.client();
        client.getOutputStream()
                .write((source.contains(":")
                                ? "PROXY TCP6 " + source + " 2001:db8::9 1234 443\r\n"
                                : "PROXY TCP4 " + source + " 192.0.2.9 1234 443\r\n")
                        .getBytes(US_ASCII));
        client.getOutputStream().write(helloBytes(name));
        return client;
    }

    @Test
    void allTogetherHaveNoMoreConnectionsThanTheyMay() throws Exception {
        RouterLimits limits = new RouterLimits(2 * 1024, Duration.ofSeconds(5), 2, 100, 100);
        try (RouterFixture fixture = new RouterFixture(limits, RouterFixture.TIMES, false);
                Socket first = fixture.client();
                Socket second = fixture.client();
                Socket third = fixture.client()) {
            assertThat(third.getInputStream().read()).isEqualTo(-1);
            assertThat(first.isClosed() || second.isClosed()).isFalse();
            assertThat(fixture.refused(Refused.TOO_MANY)).isEqualTo(1);
        }
    }

    /** Both sides send and neither takes anything: what they hold is bounded, for each and for all. */
    @Test
    void whoTakesNothingGivesWayWhenMemoryIsShort() throws Exception {
        int each = 64 * 1024;
        List<Socket> stalled = new ArrayList<>();
        try (RouterFixture fixture = new RouterFixture(RouterFixture.LIMITS, RouterFixture.TIMES, false, 3 * each);
                Backend backend = fixture.awake("a")) {
            for (int one = 0; one < 12; one++) {
                Socket client = fixture.hello(name("a"));
                stalled.add(converse(client, backend));
                stalled.add(client);
            }
            for (Socket side : stalled) {
                background(() -> {
                    while (true) {
                        side.getOutputStream().write(new byte[each]);
                    }
                });
            }
            double[] most = new double[1];
            await().until(() -> {
                most[0] = Math.max(most[0], fixture.held());
                return fixture.router.connections() < 9 && fixture.held() <= 3 * each;
            });
            assertThat(most[0]).isLessThan(4 * each);
            assertThat(fixture.registry
                            .get("sandboxcluster.router.stalled")
                            .counter()
                            .count())
                    .isPositive();
            await().untilAsserted(() -> {
                try (Socket client = fixture.hello(name("a"))) {
                    converse(client, backend).close();
                }
            });
        } finally {
            for (Socket side : stalled) {
                side.close();
            }
        }
    }

    /** Single bytes, each in a buffer of its own. */
    @Test
    void whatIsSentInBitsHoldsNoMoreMemory() throws Exception {
        try (RouterFixture fixture = new RouterFixture(LIMITS, RouterFixture.TIMES, false)) {
            fixture.route("a", State.Suspended);
            byte[] hello = helloBytes(name("a"));
            try (Socket client = fixture.client()) {
                client.setTcpNoDelay(true);
                client.getOutputStream().write(hello);
                await().until(() -> fixture.waiting() == 1);
                for (int one = 0; one < 2000; one++) {
                    client.getOutputStream().write(one);
                }
                await().until(() -> fixture.held() >= hello.length + 2000);
                assertThat(fixture.held()).isLessThan(3 * (hello.length + 2000));
            }
            await().until(() -> fixture.held() == 0);
        }
    }

    /** As many as this process may have open, up to 10,000; each takes a descriptor of the client and one of the router. */
    @Test
    void thousandsOfIdleConnectionsHoldUpNobody() throws Exception {
        long descriptors =
                ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getMaxFileDescriptorCount();
        int idle = (int) Math.min(10_000, descriptors / 2 - 500);
        RouterLimits limits = new RouterLimits(16 * 1024, Duration.ofSeconds(60), 30_000, 100, 30_000);
        List<Socket> clients = new ArrayList<>();
        byte[] hello = helloBytes(name("a"));
        try (RouterFixture fixture = new RouterFixture(limits, RouterFixture.TIMES, false);
                Backend backend = fixture.awake("a")) {
            for (int one = 0; one < idle; one++) {
                clients.add(fixture.client());
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> fixture.router.connections() >= idle);
            long begin = System.nanoTime();
            try (Socket client = fixture.client()) {
                client.getOutputStream().write(hello);
                converse(client, backend).close();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(1500));
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    /** What Netty's detector finds is said in its log, which is of no use in a test that passes. */
    @Test
    void noBufferIsLost() throws Exception {
        ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        List<String> leaks = new ArrayList<>();
        ResourceLeakDetectorLog log = new ResourceLeakDetectorLog(leaks);
        try (RouterFixture fixture = new RouterFixture(LIMITS, RouterFixture.TIMES, true);
                Backend backend = fixture.awake("a");
                Backend unheard = fixture.awake("gone")) {
            for (int round = 0; round < 50; round++) {
                try (Socket client = proxied(fixture, name("a"), "192.0.2.1")) {
                    converse(client, backend).close();
                }
                try (Socket gone = proxied(fixture, name("gone"), "192.0.2.1")) {
                    gone.setSoLinger(true, 0);
                }
                try (Socket bad = fixture.client()) {
                    bad.getOutputStream().write("PROXY TCP4 no\r\n and more".getBytes(US_ASCII));
                }
                fixture.route("held", State.Suspended);
                try (Socket held = fixture.client()) {
                    held.getOutputStream().write("PROXY UNKNOWN\r\n".getBytes(US_ASCII));
                    held.getOutputStream().write(helloBytes(name("held")));
                }
                System.gc();
            }
            await().until(() -> fixture.router.connections() == 0);
            assertThat(leaks).isEmpty();
            assertThat(unheard.isUsed()).isTrue();
        } finally {
            log.close();
            ResourceLeakDetector.setLevel(before);
        }
    }
}
