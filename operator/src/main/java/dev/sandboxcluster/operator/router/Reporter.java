package dev.sandboxcluster.operator.router;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says who uses sandboxes: for each no more than one write at a time, all together no more than a few. What waits is no
 * more than one entry for each sandbox, and says what is true when its turn comes. A demand goes first.
 */
final class Reporter implements Users, Routes.Listener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reporter.class);
    private static final int WRITERS = 8;
    /** So that a demand finds a free one, however many of the others take their time. */
    private static final int WRITERS_OF_USE = 4;

    private static final Duration LOOK = Duration.ofSeconds(1);

    /** So long all that is due may stay unsaid. */
    private static final Duration MUTE = Duration.ofSeconds(10);

    /** Writes what is said; blocks until it is written, or throws. */
    interface Writer {
        void write(Route route, Report report);
    }

    private final Routes routes;
    private final Writer writer;
    private final Consumer<Route.Id> disconnect;
    private final RouterMetrics metrics;
    private final Clock clock;
    private final ScheduledExecutorService desk = Executors.newSingleThreadScheduledExecutor(daemon("reports"));
    private final ExecutorService writers = Executors.newFixedThreadPool(WRITERS, daemon("report-writer"));

    /** These are the desk's alone. */
    private final Map<Route.Id, Activity> activities = new HashMap<>();

    private final Set<Route.Id> demands = new LinkedHashSet<>();
    private final Set<Route.Id> uses = new LinkedHashSet<>();
    private int writing;
    private int writingUse;
    private boolean failing;
    private Instant lastWritten = Instant.MIN;
    private volatile boolean heard = true;

    /** @param disconnect ends all connections of a sandbox; must not block */
    Reporter(Routes routes, Writer writer, Consumer<Route.Id> disconnect, RouterMetrics metrics, Clock clock) {
        this.routes = routes;
        this.writer = writer;
        this.disconnect = disconnect;
        this.metrics = metrics;
        this.clock = clock;
        desk.scheduleWithFixedDelay(this::lookAtAll, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether what it says gets through, or there is nothing to say: who comes to it is seen. */
    boolean heard() {
        return heard;
    }

    @Override
    public void opened(Route.Id sandbox) {
        atDesk(() -> {
            activities.computeIfAbsent(sandbox, id -> new Activity()).opened(clock.instant());
            lookAt(sandbox);
        });
    }

    @Override
    public void closed(Route.Id sandbox) {
        atDesk(() -> {
            Activity activity = activities.get(sandbox);
            if (activity != null) {
                activity.closed(clock.instant());
                lookAt(sandbox);
            }
        });
    }

    @Override
    public void changed(Route.Id sandbox) {
        atDesk(() -> {
            if (activities.containsKey(sandbox)) {
                lookAt(sandbox);
            }
        });
    }

    @Override
    public void close() {
        desk.shutdownNow();
        writers.shutdownNow();
    }

    private void lookAtAll() {
        Instant now = clock.instant();
        Optional<Instant> mute = Optional.empty();
        for (Iterator<Map.Entry<Route.Id, Activity>> all = activities.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Route.Id, Activity> one = all.next();
            Optional<Route> route = routes.get(one.getKey());
            if (route.isEmpty() || one.getValue().over(route.get(), now)) {
                all.remove();
            } else {
                queue(route.get(), one.getValue());
                mute = Stream.concat(mute.stream(), one.getValue().unsaidSince().stream())
                        .filter(since -> since.isAfter(lastWritten))
                        .min(Comparator.naturalOrder());
                endUnseen(route.get(), one.getValue(), now);
            }
        }
        heard = mute.filter(since -> !now.isBefore(since.plus(MUTE))).isEmpty();
        writeNext();
    }

    private void endUnseen(Route route, Activity activity, Instant now) {
        if (activity.unseen(route, now)) {
            LOG.warn(
                    "Who is connected to {} is disconnected: it can't be written that somebody is there",
                    route.id().key());
            metrics.unseen();
            disconnect.accept(route.id());
        }
    }

    private void lookAt(Route.Id sandbox) {
        Activity activity = activities.get(sandbox);
        if (activity != null) {
            routes.get(sandbox).ifPresent(route -> queue(route, activity));
            writeNext();
        }
    }

    private void queue(Route route, Activity activity) {
        activity.due(route, clock.instant())
                .ifPresent(report -> (report.demandedGeneration().isPresent() ? demands : uses).add(route.id()));
    }

    private void writeNext() {
        while (writing < WRITERS && !demands.isEmpty()) {
            write(first(demands));
        }
        while (writing < WRITERS && writingUse < WRITERS_OF_USE && !uses.isEmpty()) {
            write(first(uses));
        }
    }

    private static Route.Id first(Set<Route.Id> waiting) {
        Iterator<Route.Id> all = waiting.iterator();
        Route.Id first = all.next();
        all.remove();
        return first;
    }

    /** What is to be said now, which may be something else than when it was queued. */
    private void write(Route.Id sandbox) {
        Activity activity = activities.get(sandbox);
        Optional<Route> route = routes.get(sandbox);
        Instant now = clock.instant();
        if (activity == null || route.isEmpty()) {
            return;
        }
        activity.due(route.get(), now).ifPresent(report -> {
            int use = report.demandedGeneration().isPresent() ? 0 : 1;
            activity.writing();
            writing++;
            writingUse += use;
            writers.execute(() -> {
                Optional<RuntimeException> failure = tried(route.get(), report);
                atDesk(() -> {
                    writing--;
                    writingUse -= use;
                    written(sandbox, activity, report, failure);
                    writeNext();
                });
            });
        });
    }

    private Optional<RuntimeException> tried(Route route, Report report) {
        try {
            writer.write(route, report);
            return Optional.empty();
        } catch (RuntimeException failure) {
            return Optional.of(failure);
        }
    }

    private void written(Route.Id sandbox, Activity activity, Report report, Optional<RuntimeException> failure) {
        if (failure.isEmpty()) {
            activity.written(report, clock.instant());
            lastWritten = clock.instant();
            metrics.said(report.demandedGeneration().isPresent() ? RouterMetrics.Said.DEMAND : RouterMetrics.Said.USE);
            failing = false;
            lookAt(sandbox);
            return;
        }
        Duration backoff = activity.failed(clock.instant());
        metrics.said(RouterMetrics.Said.FAILED);
        if (!failing && routes.get(sandbox).isPresent()) {
            LOG.warn(
                    "Who uses {} can't be written, and is tried again, as with all others that fail from now on: {}",
                    sandbox.key(),
                    failure.get().getMessage());
            failing = true;
        }
        desk.schedule(() -> lookAt(sandbox), backoff.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void atDesk(Runnable work) {
        try {
            desk.execute(work);
        } catch (RejectedExecutionException closed) {
            LOG.debug("Nothing is said any more", closed);
        }
    }

    private static ThreadFactory daemon(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
