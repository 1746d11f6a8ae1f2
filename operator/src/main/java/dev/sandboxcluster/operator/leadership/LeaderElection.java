package dev.sandboxcluster.operator.leadership;

import dev.sandboxcluster.operator.config.LeaseSettings;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads while a Lease is renewed. Times are measured on this machine alone, from the moment before a request: clocks of
 * two machines need not agree, and a renewal that hangs does not prolong anything. An operator that stops leading goes on
 * running, and stands by.
 */
public final class LeaderElection implements Leadership {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);

    private static final int THREADS = 2;

    private final LeaseLock lock;
    private final LeaseTimes times;
    private final LongSupplier nanos;
    private final ScheduledExecutorService scheduler;
    private Work work;
    private ScheduledFuture<?> expiry;
    private boolean closed;
    private boolean troubled;

    private volatile boolean leading;
    private volatile long heldUntil;
    private volatile long attemptedAt;

    /** As last seen; null: to be read. Belongs to the thread of the attempts, as what follows. */
    private Lease known;

    private long seenAt;

    /**
     * An election that begins with {@link #campaign}.
     *
     * @param nanos a clock that never goes back, such as {@link System#nanoTime}
     */
    public LeaderElection(
            KubernetesClient client, LeaseSettings settings, LeaseTimes times, Clock clock, LongSupplier nanos) {
        this.lock = new LeaseLock(client, settings, times, clock);
        this.times = times;
        this.nanos = nanos;
        this.attemptedAt = nanos.getAsLong();
        this.scheduler = Executors.newScheduledThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "leader-election");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public boolean held() {
        return leading && nanos.getAsLong() - heldUntil < 0;
    }

    @Override
    public boolean alive() {
        return !scheduler.isShutdown()
                && nanos.getAsLong() - attemptedAt
                        < times.lease().multipliedBy(5).toNanos();
    }

    @Override
    public void campaign(Work todo) {
        work = todo;
        attemptedAt = nanos.getAsLong();
        scheduler.execute(this::run);
    }

    private void run() {
        Duration wait = times.retry();
        long begun = nanos.getAsLong();
        attemptedAt = begun;
        try {
            wait = attempt(begun);
            recovered();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT && leading) {
                // An earlier renewal came through after all, or somebody took it.
                wait = Duration.ZERO;
            } else if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                trouble(e);
            }
            forgetOwn();
        } catch (RuntimeException e) {
            LOG.error("The Lease {} could not be looked at", lock, e);
            forgetOwn();
        }
        next(wait);
    }

    /** One look or renewal; tells when the next is due. */
    private Duration attempt(long begun) {
        if (known == null || !leading) {
            see(lock.read().orElse(null), begun);
        }
        Duration left = known == null ? Duration.ZERO : lock.left(known, Duration.ofNanos(begun - seenAt));
        if (left.isZero()) {
            known = lock.take(Optional.ofNullable(known));
            seenAt = begun;
            won(begun);
            return times.retry();
        }
        lost(() -> lock.holder(known) + " leads");
        return left.compareTo(times.retry()) < 0 ? left : times.retry();
    }

    /** A renewal that failed may have been stored; how long somebody else's was seen goes on counting. */
    private void forgetOwn() {
        if (leading) {
            known = null;
        }
    }

    private void see(Lease now, long begun) {
        boolean same = known != null
                && now != null
                && known.getMetadata()
                        .getResourceVersion()
                        .equals(now.getMetadata().getResourceVersion());
        if (!same) {
            if (now != null && !lock.isMine(now) && (known == null || !lock.sameHolder(known, now))) {
                LOG.info("Standing by: {}", lock.holder(now).isEmpty() ? "nobody leads" : lock.holder(now) + " leads");
            }
            seenAt = begun;
        }
        known = now;
    }

    private synchronized void won(long begun) {
        if (closed) {
            return;
        }
        heldUntil = begun + times.lead().toNanos();
        if (expiry != null) {
            expiry.cancel(false);
        }
        expiry = scheduler.schedule(this::expire, heldUntil - nanos.getAsLong(), TimeUnit.NANOSECONDS);
        if (!leading && held(heldUntil)) {
            leading = true;
            LOG.info("Leading, by Lease {}", lock);
            work.begin();
        }
    }

    private boolean held(long until) {
        return nanos.getAsLong() - until < 0;
    }

    private synchronized void expire() {
        if (!held(heldUntil)) {
            lost(() -> "the Lease could not be renewed for " + times.lead().toSeconds() + " s");
        }
    }

    private synchronized void lost(Supplier<String> why) {
        if (leading) {
            leading = false;
            LOG.warn("No longer leading: {}. What was under way in sandboxes ends; sandboxes go on running", why.get());
            work.end();
        }
    }

    private synchronized void next(Duration wait) {
        if (!closed) {
            scheduler.schedule(this::run, wait.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void trouble(KubernetesClientException why) {
        if (!troubled) {
            troubled = true;
            LOG.warn("The Lease {} can be neither read nor renewed; trying again: {}", lock, why.getMessage());
        }
    }

    private void recovered() {
        if (troubled) {
            troubled = false;
            LOG.info("The Lease {} can be read and renewed again", lock);
        }
    }

    @Override
    public void close() {
        boolean release;
        synchronized (this) {
            closed = true;
            release = held();
            leading = false;
        }
        scheduler.shutdownNow();
        if (release) {
            try {
                lock.release();
                LOG.info("No longer leading: this operator ends, and lets another one lead");
            } catch (KubernetesClientException e) {
                LOG.info("Not released: {}", e.getMessage());
            }
        }
    }
}
