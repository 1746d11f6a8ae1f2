package dev.sandboxcluster.operator.sandbox.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.operator.sandbox.Observation.Available;
import dev.sandboxcluster.operator.sandbox.Observation.Failing;
import io.vertx.core.Vertx;
import io.vertx.core.dns.AddressResolverOptions;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names as pods of a host cluster have them: short, found in one of several domains, not there from the start. */
class SandboxNameTest {

    @Test
    void findsANameAsSoonAsItIsThere() throws IOException {
        Vertx vertx = Vertx.vertx();
        try (TestNameServer names = new TestNameServer();
                TestProber probe = new TestProber(
                        TestProber.HURRIED,
                        Clock.systemUTC(),
                        new AddressResolverOptions()
                                .addServer("127.0.0.1:" + names.port())
                                .setNdots(5)
                                .setSearchDomains(List.of("previews.svc.test", "svc.test", "test")))) {
            TestSandbox sandbox = new TestSandbox(vertx, new TestAuthority("server-ca"), "demo.previews.svc");

            assertThat(probe.awaitChange(sandbox.target("demo.previews.svc")))
                    .isInstanceOfSatisfying(
                            Failing.class, failing -> assertThat(failing.kind()).isEqualTo(EndpointFailure.DNSFailure));
            int asked = names.asked.size();
            await().until(() -> names.asked.size() > 3 * asked);
            assertThat(names.asked)
                    .contains("demo.previews.svc.previews.svc.test", "demo.previews.svc.test", "demo.previews.svc");

            names.names.add("demo.previews.svc.test");
            probe.await(Available.class);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
