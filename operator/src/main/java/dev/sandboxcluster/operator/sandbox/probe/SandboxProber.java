package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.operator.http.EventLoops;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.sandbox.Observation.Pending;
import dev.sandboxcluster.operator.sandbox.Reloads;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.dns.AddressResolverOptions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Asks many sandboxes, each at its published URL and as a user would, whether they can be used; on two event loops,
 * however many there are.
 *
 * <p>Names are resolved by Vert.x's own resolver, which follows {@code /etc/resolv.conf} (search domains,
 * {@code ndots}) and {@code /etc/hosts} and, unlike the JDK's, neither blocks a thread for each lookup nor remembers for
 * ten seconds that a name wasn't there. Addresses are remembered for one second, lest a starting sandbox costs the name
 * server dozens of queries a second.
 */
public final class SandboxProber implements AutoCloseable {

    private static final int EVENT_LOOPS = 2;
    private static final int WORKERS = 2;
    private static final int QUERY_MILLIS = 1000;
    private static final int QUERIES_PER_NAME = 16;
    private static final int REMEMBER_ADDRESS_SECONDS = 1;
    private static final long PATIENCE_SECONDS = 10;

    private final Map<ResourceID, Watch> watches = new ConcurrentHashMap<>();
    private final Map<ResourceID, Rested> rested = new ConcurrentHashMap<>();
    private final Consumer<ResourceID> onChange;
    private final ProbeSettings settings;
    private final Clock clock;
    private final Vertx vertx;
    private final List<Context> contexts = new CopyOnWriteArrayList<>();
    private final Slots prompt;
    private final Slots slow;
    private final AtomicInteger failing = new AtomicInteger();

    /** What was known when somebody stopped asking for a time. */
    private record Rested(Target target, Observation latest) {}

    /** @param onChange told whose observation became another; called on an event loop, so it must not block */
    public SandboxProber(Consumer<ResourceID> onChange, ProbeSettings settings, Clock clock) {
        this(onChange, settings, clock, new AddressResolverOptions());
    }

    /** @param resolver which name servers to ask, and in which domains to search */
    SandboxProber(Consumer<ResourceID> onChange, ProbeSettings settings, Clock clock, AddressResolverOptions resolver) {
        this.onChange = onChange;
        this.settings = settings;
        this.clock = clock;
        this.prompt = new Slots(settings.attempts());
        this.slow = new Slots(settings.attempts());
        this.vertx = Vertx.vertx(EventLoops.options(EVENT_LOOPS, WORKERS)
                .setAddressResolverOptions(resolver.setCacheNegativeTimeToLive(0)
                        .setCacheMaxTimeToLive(REMEMBER_ADDRESS_SECONDS)
                        .setMaxQueries(QUERIES_PER_NAME)
                        .setQueryTimeout(QUERY_MILLIS)));
        await(vertx.deployVerticle(
                () -> new AbstractVerticle() {
                    @Override
                    public void start() {
                        contexts.add(context);
                    }
                },
                new DeploymentOptions().setInstances(EVENT_LOOPS)));
    }

    /**
     * Starts asking. With another target than before, whatever was observed is discarded, without a report; with the
     * same target nothing happens.
     */
    public synchronized void watch(ResourceID id, Target target) {
        Watch current = watches.get(id);
        if (current != null && current.target().equals(target)) {
            return;
        }
        Observation known = Optional.ofNullable(rested.get(id))
                .filter(before -> before.target().equals(target))
                .map(Rested::latest)
                .orElseGet(Pending::new);
        forget(id);
        Context context = contexts.get(Math.floorMod(id.hashCode(), contexts.size()));
        Watch next = new Watch(
                target,
                known,
                context,
                prompt,
                slow,
                settings,
                watches::size,
                failing,
                clock,
                () -> onChange.accept(id));
        watches.put(id, next);
        next.start();
    }

    /** Stops asking for a time: with the same target, what was observed is kept. */
    public synchronized void rest(ResourceID id) {
        Watch watch = watches.remove(id);
        if (watch != null) {
            rested.put(id, new Rested(watch.target(), watch.latest()));
            watch.stop();
        }
    }

    /** Stops asking. */
    public synchronized void forget(ResourceID id) {
        rested.remove(id);
        Watch watch = watches.remove(id);
        if (watch != null) {
            watch.stop();
        }
    }

    /** Stops asking all. */
    public synchronized void forgetAll() {
        watches.keySet().forEach(this::forget);
        rested.clear();
    }

    /** What is known now; {@link Pending} for what isn't watched, and wasn't. */
    public Observation latest(ResourceID id) {
        Watch watch = watches.get(id);
        return watch == null
                ? Optional.ofNullable(rested.get(id)).map(Rested::latest).orElseGet(Pending::new)
                : watch.latest();
    }

    /** Whether to ask, now and then, how the API server does with changes of its authentication configuration. */
    public void wantReloads(ResourceID id, boolean wanted) {
        Optional.ofNullable(watches.get(id)).ifPresent(watch -> watch.wantReloads(wanted));
    }

    /** How the API server did with changes of its authentication configuration; empty: it was not asked yet. */
    public Optional<Reloads> reloads(ResourceID id) {
        return Optional.ofNullable(watches.get(id)).flatMap(Watch::reloads);
    }

    /** Forgets all, and ends the threads; there may be no more calls after it. */
    @Override
    public void close() {
        // Whoever ends, gives its slot to none: that one's thread may have ended before.
        prompt.close();
        slow.close();
        forgetAll();
        await(vertx.close());
    }

    private static void await(Future<?> done) {
        try {
            done.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Vert.x neither starts nor ends", e);
        }
    }
}
