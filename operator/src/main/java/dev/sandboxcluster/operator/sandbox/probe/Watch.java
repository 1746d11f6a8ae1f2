package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.sandbox.Observation.Available;
import dev.sandboxcluster.operator.sandbox.Observation.Failing;
import dev.sandboxcluster.operator.sandbox.Observation.ReadOnly;
import dev.sandboxcluster.operator.sandbox.Reloads;
import dev.sandboxcluster.operator.sandbox.TokenBucket;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks one target, again and again. What isn't volatile belongs to the context's thread. */
final class Watch {

    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    private static final int HEARTBEATS_PER_RELOAD = 3;

    private static final Duration TOLERATED_LAG = Duration.ofMillis(20);

    private final Target target;
    private final Vertx vertx;
    private final Context context;
    private final Slots prompt;
    private final Slots slow;
    private final ProbeSettings settings;
    private final IntSupplier watches;
    private final AtomicInteger failing;
    private final Clock clock;
    private final Runnable onChange;

    private volatile Observation latest;
    private volatile boolean stopped;

    private Slots slots;
    /** Until when this one is among the slow: an endpoint that swallows what is sent would hold up prompt ones. */
    private Instant slowUntil = Instant.MIN;

    private SandboxHttp http;
    private SandboxApi api;
    private WriteProbe writes;
    private HeapLook heap;
    private volatile ReloadProbe reloads;
    private volatile boolean reloadsWanted;
    private long patience;
    private boolean lingering;
    private Pace pace;
    private Observation reported;
    private Instant reportedAt;
    /** A start has a few changes in a row; an endpoint that fails in ever other ways has as many as it likes. */
    private final TokenBucket changes;

    /**
     * Starts with {@link #start}.
     *
     * @param known what was observed of the same target before
     * @param context of an event loop; all that this watch does happens on it
     * @param prompt slots for those that answer, or refuse, at once
     * @param slow slots for those that did not lately
     * @param watches how many there are
     * @param failing how many of them have been failing for some time; this one counts itself
     */
    Watch(
            Target target,
            Observation known,
            Context context,
            Slots prompt,
            Slots slow,
            ProbeSettings settings,
            IntSupplier watches,
            AtomicInteger failing,
            Clock clock,
            Runnable onChange) {
        this.target = target;
        this.latest = known;
        this.reported = known;
        this.vertx = context.owner();
        this.context = context;
        this.prompt = prompt;
        this.slow = slow;
        this.slots = prompt;
        this.settings = settings;
        this.watches = watches;
        this.failing = failing;
        this.clock = clock;
        this.changes = new TokenBucket(5, 1.0 / settings.messageInterval().toSeconds());
        this.onChange = onChange;
    }

    Target target() {
        return target;
    }

    Observation latest() {
        return latest;
    }

    /** Whether to look how the API server does with changes of its authentication configuration. */
    void wantReloads(boolean wanted) {
        reloadsWanted = wanted;
    }

    Optional<Reloads> reloads() {
        return Optional.ofNullable(reloads).flatMap(ReloadProbe::latest);
    }

    /** Asks at once, and then at its pace until stopped. */
    void start() {
        context.runOnContext(ignored -> {
            pace = new Pace.Starting(clock.instant());
            reportedAt = Instant.MIN;
            try {
                http = new SandboxHttp(vertx, target.access(), settings.connectTimeout());
            } catch (ProbeException e) {
                observe(new Failing(e.kind(), e.getMessage()));
                return;
            }
            api = new SandboxApi(
                    http,
                    new Diagnosis(target.access()),
                    target.growingCertificate() ? Optional.of(new ServingNames(http)) : Optional.empty(),
                    target.administrators()
                            .map(administrators -> new AdministratorBinding(vertx, administrators, settings, clock)));
            writes = new WriteProbe(api, settings.stall(), clock);
            heap = new HeapLook(http, settings, clock);
            reloads = new ReloadProbe(http, settings.heartbeat().multipliedBy(HEARTBEATS_PER_RELOAD), clock);
            enqueue();
        });
    }

    /** Ends what is under way; nothing is reported from now on. */
    void stop() {
        stopped = true;
        context.runOnContext(ignored -> {
            count(false);
            if (http != null) {
                http.close();
            }
        });
    }

    private void enqueue() {
        slots = clock.instant().isBefore(slowUntil) ? slow : prompt;
        slots.acquire(() -> context.runOnContext(ignored -> attempt()));
    }

    private void attempt() {
        if (stopped) {
            slots.release();
            return;
        }
        Instant begun = clock.instant();
        bePatient();
        Future<String> version = pace.available()
                ? http.within(settings.heartbeatTimeout(), () -> api.stillReady()
                        .map(ready -> latest.available().orElseThrow()))
                : http.within(settings.attemptTimeout(), api::usable);
        version.compose(this::seen).compose(this::afterwards).onComplete(result -> {
            if (vertx.cancelTimer(patience)) {
                slots.release();
            }
            if (!stopped) {
                ended(begun, result);
            }
        });
    }

    /** What nobody waits for; whatever comes of it, the observation is the same. */
    private Future<Observation> afterwards(Observation observation) {
        if (!reloadsWanted) {
            return Future.succeededFuture(observation);
        }
        Optional<Reloads> before = reloads.latest();
        return http.within(settings.heartbeatTimeout(), reloads::run).transform(known -> {
            if (!reloads.latest().equals(before)) {
                tell(observation);
            }
            return Future.succeededFuture(observation);
        });
    }

    private Future<Observation> seen(String version) {
        Future<Void> written =
                target.persistent() ? http.within(settings.heartbeatTimeout(), writes::run) : Future.succeededFuture();
        return written.transform(known -> heap.run()).map(looked -> writes.refusal()
                .<Observation>map(message -> new ReadOnly(version, message))
                .orElseGet(() -> new Available(version, heap.latest())));
    }

    /**
     * Gives up the slot of an attempt that waits for the other side. One that takes long because this thread is busy,
     * which shows in timers that come late, keeps it: more attempts would only make all of them miss their bounds.
     */
    private void bePatient() {
        Instant late = clock.instant().plus(settings.patience()).plus(TOLERATED_LAG);
        patience = vertx.setTimer(settings.patience().toMillis(), timer -> {
            if (clock.instant().isAfter(late)) {
                bePatient();
            } else {
                slowUntil = clock.instant().plus(settings.slowFor());
                slots.release();
            }
        });
    }

    private void ended(Instant begun, AsyncResult<Observation> result) {
        Instant now = clock.instant();
        pace = pace.after(result.succeeded(), now);
        if (result.succeeded()) {
            observe(result.result());
        } else if (!pace.available()) {
            observe(new Diagnosis(target.access()).failure(result.cause()));
        }
        Duration planned = planned(pace.interval(settings, now));
        Duration interval =
                ProbeSettings.jitter(planned, ThreadLocalRandom.current().nextDouble());
        long wait = interval.minus(Duration.between(begun, now)).toMillis();
        vertx.setTimer(Math.max(wait, 1), timer -> enqueue());
    }

    private Duration planned(Duration interval) {
        count(!pace.available() && settings.lingers(interval));
        return lingering
                ? settings.amongFailing(failing.get(), interval)
                : settings.among(watches.getAsInt(), interval);
    }

    private void count(boolean lingers) {
        if (lingers != lingering) {
            lingering = lingers;
            failing.addAndGet(lingers ? 1 : -1);
        }
    }

    private void observe(Observation observation) {
        boolean again = observation.sameKind(latest);
        latest = observation;
        Instant now = clock.instant();
        boolean same = observation.sameKind(reported);
        boolean other = !same
                && (observation.available().isPresent() != reported.available().isPresent()
                        // What fails now in this way and now in that is no news each time.
                        || (again || !(reported instanceof Failing))
                                && changes.wait(now).isZero());
        boolean otherWords =
                same && !observation.equals(reported) && !now.isBefore(reportedAt.plus(settings.messageInterval()));
        if (other || otherWords) {
            changes.take(1, now);
            LOG.debug("{}: {}", target, observation);
            reported = observation;
            reportedAt = now;
            tell(observation);
        }
    }

    private void tell(Observation observation) {
        try {
            onChange.run();
        } catch (RuntimeException e) {
            LOG.error("{}: nobody heard of {}", target, observation, e);
        }
    }
}
