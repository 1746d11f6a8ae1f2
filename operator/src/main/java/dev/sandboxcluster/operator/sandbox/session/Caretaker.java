package dev.sandboxcluster.operator.sandbox.session;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.sandbox.TokenBucket;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one sandbox to what its plan says, again and again: when the plan or something in the sandbox changed, and from
 * time to time for what no event tells. One pass at a time.
 *
 * @param <P> what is wanted
 * @param <R> what was found and done
 */
public final class Caretaker<P, R> {

    private static final Logger LOG = LoggerFactory.getLogger(Caretaker.class);

    /** Changes come in bursts: a node that joins is written a dozen times. */
    private static final Duration GATHER = Duration.ofMillis(100);

    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(15);
    /** What is too much for the last lane at a moment may be for long. */
    private static final Duration LONGEST_AFTER_EXCESS = Duration.ofMinutes(1);

    private static final Duration OUT_OF_QUICK_LANE = Duration.ofMinutes(10);

    private final HttpClient.Factory http;
    private final Lanes lanes;
    private final Clock clock;
    private final Runnable onChange;
    private final Care<P, R> care;
    /** What changes inside all the time must not have the operator look all the time. */
    private final TokenBucket passes = new TokenBucket(50, 1);

    private final ThreadShare share = new ThreadShare();
    /** What happens inside must not have the status written more often than every five seconds, in the long run. */
    private final TokenBucket reports = new TokenBucket(10, 0.2);

    /** What goes wrong in a sandbox all the time must not fill the log. */
    private final TokenBucket lines = new TokenBucket(20, 0.2);

    private volatile R latest;
    private P plan;
    private SandboxSession session;
    private Duration retry = FIRST_RETRY;
    private Lanes.Lane lane;
    private Instant backToQuickLane = Instant.MIN;
    private ScheduledFuture<?> next;
    /** While a pass is under way, or waits for a thread: when another is to follow; null: none was asked for. */
    private Duration following;

    private boolean passing;
    private boolean reportDue;
    private boolean stopped;

    /**
     * Begins with the first plan.
     *
     * @param unknown the report as long as nothing is known
     * @param onChange told when the report changed
     */
    public Caretaker(HttpClient.Factory http, Lanes lanes, Clock clock, Care<P, R> care, R unknown, Runnable onChange) {
        this.http = http;
        this.lanes = lanes;
        this.lane = lanes.quick();
        this.clock = clock;
        this.care = care;
        this.latest = unknown;
        this.onChange = onChange;
    }

    /** What is known now. */
    public R latest() {
        return latest;
    }

    /** Takes a plan; the same as before changes nothing. */
    public synchronized void follow(P wanted) {
        if (stopped || wanted.equals(plan)) {
            return;
        }
        if (plan == null || !care.access(wanted).equals(care.access(plan))) {
            closeSession();
        }
        care.follow(wanted);
        plan = wanted;
        // What was withdrawn must not be published again while the sandbox is being told.
        latest = care.outdated(latest);
        schedule(Duration.ZERO);
    }

    /** Ends what is under way, too. */
    public synchronized void stop() {
        stopped = true;
        if (next != null) {
            next.cancel(false);
        }
        closeSession();
    }

    private synchronized void closeSession() {
        if (session != null) {
            session.close();
            session = null;
        }
    }

    /** Has a pass begin after a while, or when there is thread time for it. */
    private synchronized void schedule(Duration delay) {
        if (stopped) {
            return;
        }
        if (passing) {
            following = following == null || delay.compareTo(following) < 0 ? delay : following;
            return;
        }
        Duration wait = longer(delay, pause(clock.instant()));
        if (next != null && !next.isDone() && next.getDelay(TimeUnit.MILLISECONDS) <= wait.toMillis()) {
            return;
        }
        if (next != null) {
            next.cancel(false);
        }
        next = lanes.timer().schedule(this::begin, wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Duration pause(Instant now) {
        return longer(passes.wait(now), share.pause(lane.isBusy(), now));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private synchronized void begin() {
        if (stopped || passing) {
            return;
        }
        passing = true;
        next = null;
        if (lane != lanes.quick() && !clock.instant().isBefore(backToQuickLane)) {
            lane = lanes.quick();
        }
        lane.threads().execute(this::run);
    }

    private void run() {
        P begunBy;
        Lanes.Lane mine;
        synchronized (this) {
            // What is asked for from now on may not be seen by this pass.
            following = null;
            begunBy = plan;
            mine = lane;
        }
        Instant begun = clock.instant();
        R report;
        Duration wait;
        try {
            report = pass(mine).orElse(latest);
            retry = FIRST_RETRY;
            wait = care.untilNext(report);
        } catch (AllowanceExceededException e) {
            report = latest;
            boolean last = move(mine, e.limit());
            wait = last ? backOff(LONGEST_AFTER_EXCESS) : Duration.ZERO;
            if (last) {
                report = care.failed(
                        latest,
                        e.limit() == Allowance.Limit.TIME ? Reason.SANDBOX_TOO_SLOW : Reason.SANDBOX_TOO_LARGE,
                        e.getMessage());
            }
        } catch (KubernetesClientException e) {
            LOG.debug("The sandbox was not brought to its plan", e);
            report = care.failed(
                    latest,
                    Reason.SANDBOX_UNREACHABLE,
                    SandboxSession.isUnanswered(e) ? "its API does not answer" : SandboxSession.message(e));
            wait = backOff(LONGEST_RETRY);
        } catch (RuntimeException e) {
            if (lines.wait(clock.instant()).isZero()) {
                lines.take(1, clock.instant());
                LOG.error("The sandbox was not brought to its plan", e);
            }
            report = care.failed(latest, Reason.SANDBOX_UNREACHABLE, "the operator fails: " + e);
            wait = LONGEST_RETRY;
        }
        ended(mine, begun, begunBy, report, wait);
    }

    private Duration backOff(Duration longest) {
        Duration wait = shorter(retry, longest);
        retry = wait.multipliedBy(2);
        return wait;
    }

    /** Where to go on after a pass that was too much for its lane; gives whether there is no other. */
    private synchronized boolean move(Lanes.Lane mine, Allowance.Limit limit) {
        if (limit == Allowance.Limit.TIME) {
            closeSession();
        }
        lane = lanes.beyond(mine, limit);
        backToQuickLane = clock.instant().plus(OUT_OF_QUICK_LANE);
        return lane == mine;
    }

    private void ended(Lanes.Lane mine, Instant begun, P begunBy, R report, Duration wait) {
        boolean changed;
        synchronized (this) {
            Instant now = clock.instant();
            passes.take(1, now);
            share.take(Duration.between(begun, now), mine.isBusy(), now);
            // A plan that came during the pass is the next one's business.
            R ended = plan == begunBy ? report : care.outdated(report);
            changed = !stopped && !ended.equals(latest);
            latest = ended;
            passing = false;
            schedule(following == null ? wait : shorter(wait, following));
        }
        if (changed) {
            report();
        }
    }

    /** Tells of a change: at once, or together with those that come until it may be told. */
    private void report() {
        synchronized (this) {
            Duration wait = reports.wait(clock.instant());
            if (reportDue) {
                return;
            }
            if (!wait.isZero()) {
                reportDue = true;
                lanes.timer().schedule(this::reportLate, wait.toMillis(), TimeUnit.MILLISECONDS);
                return;
            }
            reports.take(1, clock.instant());
        }
        onChange.run();
    }

    private void reportLate() {
        synchronized (this) {
            reportDue = false;
            reports.take(1, clock.instant());
            if (stopped) {
                return;
            }
        }
        onChange.run();
    }

    /** Empty: nobody is to be looked after any more. */
    private Optional<R> pass(Lanes.Lane mine) {
        SandboxSession connection;
        Care.Pass<R> pass;
        synchronized (this) {
            if (stopped) {
                return Optional.empty();
            }
            if (session == null) {
                session = new SandboxSession(http, care.access(plan), lanes.timer());
            }
            connection = session;
            pass = care.begin(plan, this::onChange);
        }
        try {
            return Optional.of(pass.run(connection, mine.allowance()));
        } catch (RuntimeException failure) {
            synchronized (this) {
                if (session != connection) {
                    // Ended, or to be looked after elsewhere: what was under way was cut off.
                    return Optional.empty();
                }
            }
            throw failure;
        }
    }

    private void onChange() {
        schedule(GATHER);
    }
}
