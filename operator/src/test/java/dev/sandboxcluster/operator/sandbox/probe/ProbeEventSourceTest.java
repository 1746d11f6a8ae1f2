package dev.sandboxcluster.operator.sandbox.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.sandbox.Observation.Available;
import dev.sandboxcluster.operator.sandbox.Observation.Pending;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProbeEventSourceTest {

    private final Map<ResourceID, SandboxCluster> primaries = new ConcurrentHashMap<>();
    private final List<ResourceID> events = new CopyOnWriteArrayList<>();
    private final SandboxCluster cluster = new SandboxCluster();
    private final ResourceID id = new ResourceID("demo", "previews");
    private final AtomicBoolean leading = new AtomicBoolean(true);
    private Vertx vertx;
    private TestSandbox sandbox;
    private ProbeEventSource source;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        sandbox = new TestSandbox(vertx, new TestAuthority("server-ca"), "localhost");
        cluster.setMetadata(new ObjectMetaBuilder()
                .withName("demo")
                .withNamespace("previews")
                .build());
        primaries.put(id, cluster);
        source = new ProbeEventSource(new MapCache(primaries), TestProber.HURRIED, leading::get, Clock.systemUTC());
        source.setEventHandler((Event event) -> events.add(event.getRelatedCustomResourceID()));
        source.start();
    }

    @AfterEach
    void stop() {
        source.stop();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void aChangeIsAnEvent() {
        assertThat(source.observe(id, sandbox.target("localhost"))).isEqualTo(new Pending());

        await().until(() -> !events.isEmpty());

        assertThat(events).containsExactly(id);
        assertThat(source.observe(id, sandbox.target("localhost"))).isInstanceOf(Available.class);
        assertThat(source.getSecondaryResource(cluster)).containsInstanceOf(Available.class);
    }

    @Test
    void whoDoesNotLeadAsksNobody() {
        source.observe(id, sandbox.target("localhost"));
        await().until(() -> !events.isEmpty());

        leading.set(false);
        source.forgetAll();
        assertThat(source.getSecondaryResource(cluster)).contains(new Pending());
        source.observe(id, sandbox.target("localhost"));
        events.clear();

        await().during(Duration.ofMillis(500)).until(events::isEmpty);
    }

    @Test
    void aDeletedClusterIsForgotten() {
        source.observe(id, sandbox.target("localhost"));
        await().until(() -> !events.isEmpty());

        source.onResourceDeleted(cluster);

        assertThat(source.getSecondaryResource(cluster)).contains(new Pending());
    }

    @Test
    void oneThatIsObservedAfterItsDeletionIsForgottenToo() {
        primaries.clear();
        source.observe(id, sandbox.target("localhost"));

        await().until(() -> sandbox.requests(TestSandbox.VERSION) == 1);
        await().during(java.time.Duration.ofMillis(300)).until(() -> sandbox.requests(TestSandbox.READYZ) <= 2);

        assertThat(events).isEmpty();
        assertThat(source.getSecondaryResource(cluster)).contains(new Pending());
    }

    private record MapCache(Map<ResourceID, SandboxCluster> content) implements Cache<SandboxCluster> {
        @Override
        public Optional<SandboxCluster> get(ResourceID id) {
            return Optional.ofNullable(content.get(id));
        }

        @Override
        public Stream<ResourceID> keys() {
            return content.keySet().stream();
        }

        @Override
        public Stream<SandboxCluster> list(Predicate<SandboxCluster> predicate) {
            return content.values().stream().filter(predicate);
        }
    }
}
