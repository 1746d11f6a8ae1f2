package dev.sandboxcluster.operator.tenant;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.vertx.core.dns.AddressResolverOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** A prober in a hurry, which watches one sandbox and keeps what it reported. */
final class TestProber implements AutoCloseable {

    static final ProbeSettings HURRIED = new ProbeSettings(
            Duration.ofMillis(20),
            Duration.ofMillis(50),
            Duration.ofMillis(20),
            Duration.ofMillis(50),
            Duration.ofMinutes(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3),
            Duration.ofMillis(200),
            Duration.ofMinutes(5),
            16,
            Duration.ofMillis(250));

    final ResourceID id = new ResourceID("demo", "previews");
    final List<Observation> changes = new CopyOnWriteArrayList<>();
    final TenantProber prober;

    TestProber() {
        this(HURRIED, Clock.systemUTC(), new AddressResolverOptions());
    }

    TestProber(ProbeSettings settings, Clock clock, AddressResolverOptions resolver) {
        prober = new TenantProber(this::changed, settings, clock, resolver);
    }

    private void changed(ResourceID whose) {
        changes.add(prober.latest(whose));
    }

    Observation latest() {
        return prober.latest(id);
    }

    Observation awaitChange(Target target) {
        prober.watch(id, target);
        Awaitility.await().until(() -> !changes.isEmpty());
        return changes.get(0);
    }

    <T extends Observation> T await(Class<T> kind) {
        return kind.cast(Awaitility.await().until(this::latest, kind::isInstance));
    }

    @Override
    public void close() {
        prober.close();
    }
}
