package dev.sandboxcluster.operator.router;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/** What the router counts. No label has the name of a sandbox, whose number isn't bounded. */
final class RouterMetrics {

    private static final Duration[] BUCKETS = Stream.of(5L, 20L, 100L, 300L, 1000L, 3000L, 9000L)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong held = new AtomicLong();
    private final Counter stalled;
    private final Counter unseen;
    private final Counter accepted;
    private final Counter fromClients;
    private final Counter fromSandboxes;
    private final Map<Refused, Counter> refused;
    private final Map<State, Timer> answers;
    private final Map<Said, Counter> reports;

    /** What became of a report. */
    enum Said {
        DEMAND,
        USE,
        FAILED
    }

    RouterMetrics(MeterRegistry registry) {
        gauge(registry, "connections", "open connections of clients", open::get);
        gauge(registry, "waiting", "connections whose sandbox has not answered yet", waiting::get);
        Gauge.builder("sandboxcluster.router.held", held::get)
                .description("bytes that wait for a side to take them")
                .baseUnit("bytes")
                .strongReference(true)
                .register(registry);
        stalled = counter("stalled", "sides that were ended, for memory was short and they took nothing")
                .register(registry);
        unseen = counter(
                        "unseen",
                        "sandboxes whose users were disconnected, for it could not be said that they are there")
                .register(registry);
        accepted = counter("accepted", "connections of clients").register(registry);
        fromClients = counter("bytes", "bytes forwarded").tag("from", "client").register(registry);
        fromSandboxes =
                counter("bytes", "bytes forwarded").tag("from", "sandbox").register(registry);
        refused = each(Refused.class, reason -> counter("refused", "connections that came to no sandbox")
                .tag("reason", reason.label())
                .register(registry));
        answers = each(State.class, state -> Timer.builder("sandboxcluster.router.answer")
                .description("from a whole TLS ClientHello to the first byte of the sandbox, by how it was found")
                .tag("state", label(state))
                .serviceLevelObjectives(BUCKETS)
                .register(registry));
        reports = each(Said.class, said -> counter("reports", "what was said of those who use a sandbox")
                .tag("kind", label(said))
                .register(registry));
    }

    /** Registers how many routes are known. */
    void routes(MeterRegistry registry, IntSupplier routes) {
        gauge(registry, "routes", "sandboxes that are known", routes);
    }

    AtomicInteger open() {
        return open;
    }

    AtomicInteger waiting() {
        return waiting;
    }

    AtomicLong held() {
        return held;
    }

    void stalled() {
        stalled.increment();
    }

    void unseen() {
        unseen.increment();
    }

    void accepted() {
        accepted.increment();
    }

    void refused(Refused reason) {
        refused.get(reason).increment();
    }

    void answered(State found, Duration after) {
        answers.get(found).record(after);
    }

    void said(Said said) {
        reports.get(said).increment();
    }

    Counter fromClients() {
        return fromClients;
    }

    Counter fromSandboxes() {
        return fromSandboxes;
    }

    private static Counter.Builder counter(String name, String description) {
        return Counter.builder("sandboxcluster.router." + name).description(description);
    }

    private static void gauge(MeterRegistry registry, String name, String description, IntSupplier value) {
        Gauge.builder("sandboxcluster.router." + name, value::getAsInt)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    private static <E extends Enum<E>, V> Map<E, V> each(Class<E> type, Function<E, V> value) {
        Map<E, V> values = new EnumMap<>(type);
        Arrays.stream(type.getEnumConstants()).forEach(one -> values.put(one, value.apply(one)));
        return values;
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
