package dev.sandboxcluster.operator.capability.doze.session;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.capability.doze.plan.Execution;
import dev.sandboxcluster.operator.capability.doze.plan.Order;
import dev.sandboxcluster.operator.metrics.Naps;
import dev.sandboxcluster.operator.objects.Identity;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives orders to the processes of control planes, beside the reconciler, which it wakes when one was followed or failed.
 * A sandbox gets one order at a time, in the order in which they were given.
 */
public final class ProcessEventSource extends AbstractEventSource<Execution, SandboxCluster>
        implements ResourceEventAware<SandboxCluster> {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessEventSource.class);

    /** Nobody waits for them. */
    private static final int STOPPING = 8;

    /** A node that is away may hold some of them. */
    private static final int WAKING = 64;

    private static final long IDLE_SECONDS = 60;
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    private final Map<ResourceID, Processes> known = new ConcurrentHashMap<>();
    private final Signals signals;
    private final Naps naps;
    private final Cache<SandboxCluster> primaries;
    private final BooleanSupplier leading;
    private final Clock clock;
    private final ThreadPoolExecutor stopping = threads(STOPPING);
    private final ThreadPoolExecutor waking = threads(WAKING);
    private Consumer<ResourceID> forgotten = any -> {};

    /**
     * Gives none yet.
     *
     * @param naps what counts them
     * @param primaries where a SandboxCluster isn't found that was deleted
     * @param leading whether sandboxes are this operator's business
     */
    public ProcessEventSource(
            Signals signals, Naps naps, Cache<SandboxCluster> primaries, BooleanSupplier leading, Clock clock) {
        super(Execution.class, "processes");
        this.signals = signals;
        this.naps = naps;
        this.primaries = primaries;
        this.leading = leading;
        this.clock = clock;
    }

    private static ThreadPoolExecutor threads(int number) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                number, number, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "processes");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** @param listener told whose SandboxCluster was deleted */
    public void whenDeleted(Consumer<ResourceID> listener) {
        forgotten = listener;
    }

    /** Gives an order, unless it was the last one and is under way, was followed, or failed too short a time ago. */
    public void give(Identity sandbox, String containerID, Order order) {
        ResourceID id = new ResourceID(sandbox.name(), sandbox.namespace());
        known.computeIfAbsent(id, any -> new Processes()).give(id, sandbox, Execution.begun(order, containerID));
    }

    /** The last order; empty: none was given. */
    public Optional<Execution> last(ResourceID id) {
        return Optional.ofNullable(known.get(id)).flatMap(Processes::last);
    }

    /** The last order to stop, if it failed. */
    public Optional<Execution> refusal(ResourceID id) {
        return Optional.ofNullable(known.get(id)).flatMap(Processes::refusal);
    }

    /** Forgets what was ordered; what is under way goes on. */
    public void forget(ResourceID id) {
        known.remove(id);
    }

    /** Forgets all orders: another operator gives others from now on. */
    public void forgetAll() {
        known.clear();
    }

    @Override
    public Set<Execution> getSecondaryResources(SandboxCluster primary) {
        return last(ResourceID.fromResource(primary)).map(Set::of).orElse(Set.of());
    }

    @Override
    public void onResourceDeleted(SandboxCluster deleted) {
        ResourceID id = ResourceID.fromResource(deleted);
        forget(id);
        forgotten.accept(id);
    }

    /** For good: an operator that is to run again makes a new one. */
    @Override
    public void stop() {
        super.stop();
        stopping.shutdownNow();
        waking.shutdownNow();
    }

    private void changed(ResourceID id) {
        try {
            if (primaries.get(id).isPresent()) {
                getEventHandler().handleEvent(new Event(id));
            } else {
                forget(id);
            }
        } catch (RuntimeException e) {
            LOG.error("Nobody heard of {}", id, e);
        }
    }

    /** Those of one sandbox. */
    private final class Processes {

        private Optional<Execution> last = Optional.empty();
        private Optional<Execution> refusal = Optional.empty();
        private Optional<Execution> next = Optional.empty();
        private Instant given = Instant.EPOCH;
        private boolean stopped;
        private boolean busy;
        private int failures;

        synchronized Optional<Execution> last() {
            return last;
        }

        synchronized Optional<Execution> refusal() {
            return refusal;
        }

        synchronized void give(ResourceID id, Identity sandbox, Execution wanted) {
            Optional<Execution> same = last.filter(before -> before.is(wanted.order(), wanted.containerID()));
            if (same.filter(before -> before.failure().isEmpty() || isTooSoon(before))
                    .isPresent()) {
                return;
            }
            failures = same.isPresent() ? failures : 0;
            last = Optional.of(wanted);
            next = last;
            given = clock.instant();
            (wanted.order() == Order.STOP ? stopping : waking).execute(() -> run(id, sandbox));
        }

        private boolean isTooSoon(Execution failed) {
            Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(Math.max(failures - 1, 0), 6));
            Duration wait = pause.compareTo(LONGEST_RETRY) < 0 ? pause : LONGEST_RETRY;
            return failed.endedAt()
                    .filter(at -> clock.instant().isBefore(at.plus(wait)))
                    .isPresent();
        }

        private void run(ResourceID id, Identity sandbox) {
            for (Optional<Execution> order = begin(); order.isPresent(); order = begin()) {
                end(order.get(), send(sandbox, order.get().order()));
                changed(id);
            }
        }

        private Optional<String> send(Identity sandbox, Order order) {
            try {
                return leading.getAsBoolean() ? signals.send(sandbox, order) : Optional.of("another operator leads");
            } catch (RuntimeException unforeseen) {
                return Optional.of(String.valueOf(unforeseen.getMessage()));
            }
        }

        private void count(Order followed) {
            if (followed == Order.STOP) {
                naps.fellAsleep();
            } else if (followed == Order.CONTINUE && stopped) {
                naps.woke(Duration.between(given, clock.instant()));
            }
            stopped = followed == Order.STOP;
        }

        /** Empty: there is none, or another thread is at it, and takes this one next. */
        private synchronized Optional<Execution> begin() {
            if (busy) {
                return Optional.empty();
            }
            Optional<Execution> order = next;
            next = Optional.empty();
            busy = order.isPresent();
            return order;
        }

        private synchronized void end(Execution order, Optional<String> failure) {
            busy = false;
            Execution ended = order.ended(failure, clock.instant());
            if (order.order() == Order.STOP) {
                refusal = Optional.of(ended).filter(any -> failure.isPresent());
            }
            failures = failure.isPresent() ? failures + 1 : 0;
            if (failure.isEmpty()) {
                count(order.order());
            }
            // Another one may have been given meanwhile.
            last = next.or(() -> Optional.of(ended));
        }
    }
}
