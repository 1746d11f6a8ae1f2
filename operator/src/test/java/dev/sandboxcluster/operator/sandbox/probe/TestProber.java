package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import io.fabric8.kubernetes.client.Config;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.vertx.core.dns.AddressResolverOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** A prober in a hurry, which watches one sandbox and keeps what it reported. */
final class TestProber implements AutoCloseable {

    /** Asks often; who does not answer is given up after what a busy machine needs, and a test can wait for. */
    static final ProbeSettings HURRIED = askingOften(Duration.ofSeconds(3), Duration.ofSeconds(5));

    /** For tests that count requests: an attempt that is given up on a busy machine would be one more. */
    static final ProbeSettings PATIENT = askingOften(Duration.ofSeconds(30), Duration.ofMinutes(1));

    private static ProbeSettings askingOften(Duration connect, Duration answer) {
        return new ProbeSettings(
                Duration.ofMillis(20),
                Duration.ofMillis(50),
                Duration.ofMillis(20),
                Duration.ofMinutes(5),
                Duration.ofMillis(50),
                connect,
                answer,
                answer,
                Duration.ofMillis(200),
                Duration.ofSeconds(1),
                Duration.ofMillis(200),
                Duration.ofMinutes(5),
                16,
                Duration.ofMillis(250),
                Duration.ofMinutes(1));
    }

    /** An API server of which the administrator's files are known. */
    static Target target(Config administrator, boolean persistent) throws IOException {
        return new Target(
                new SandboxAccess(
                        URI.create(administrator.getMasterUrl()),
                        null,
                        Files.readString(Path.of(administrator.getCaCertFile())),
                        Files.readString(Path.of(administrator.getClientCertFile())),
                        Files.readString(Path.of(administrator.getClientKeyFile()))),
                persistent,
                false,
                Optional.empty(),
                "1");
    }

    final ResourceID id = new ResourceID("demo", "previews");
    final List<Observation> changes = new CopyOnWriteArrayList<>();
    final SandboxProber prober;

    TestProber() {
        this(HURRIED);
    }

    TestProber(ProbeSettings settings) {
        this(settings, Clock.systemUTC(), new AddressResolverOptions());
    }

    TestProber(ProbeSettings settings, Clock clock, AddressResolverOptions resolver) {
        prober = new SandboxProber(this::changed, settings, clock, resolver);
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
