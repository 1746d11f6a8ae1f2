package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.api.v1alpha1.NodeReason;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.sandbox.TokenBucket;
import dev.sandboxcluster.operator.sandbox.session.Allowance;
import dev.sandboxcluster.operator.sandbox.session.AllowanceExceededException;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one sandbox to what its plan says, again and again: when the plan or something in the sandbox changed, and from
 * time to time for what no event tells. One pass at a time.
 */
final class WorkerSession {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerSession.class);

    /** Changes come in bursts: a node that joins is written a dozen times. */
    private static final Duration GATHER = Duration.ofMillis(100);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);
    private static final Duration WHILE_DRAINING = Duration.ofSeconds(2);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(15);
    /** What is too much for the last lane at a moment may be for long. */
    private static final Duration LONGEST_AFTER_EXCESS = Duration.ofMinutes(1);

    private static final Duration OUT_OF_QUICK_LANE = Duration.ofMinutes(10);
    private static final int EPOCH_LENGTH = 12;

    private final HttpClient.Factory http;
    private final Lanes lanes;
    private final Clock clock;
    private final Runnable onChange;
    private final SecureRandom random = new SecureRandom();
    private final Memory memory = Memory.empty();
    /** What changes inside all the time must not have the operator look all the time. */
    private final TokenBucket passes = new TokenBucket(50, 1);

    private final ThreadShare share = new ThreadShare();
    /** What happens inside must not have the status written more often than every five seconds, in the long run. */
    private final TokenBucket reports = new TokenBucket(10, 0.2);

    private volatile WorkerReport latest = WorkerReport.UNKNOWN;
    private WorkerPlan plan;
    private SandboxView view;
    private Map<String, String> epochs = Map.of();
    private Duration retry = FIRST_RETRY;
    private Lanes.Lane lane;
    private Instant backToQuickLane = Instant.MIN;
    private ScheduledFuture<?> next;
    /** While a pass is under way, or waits for a thread: when another is to follow; null: none was asked for. */
    private Duration following;

    private boolean passing;
    private boolean reportDue;
    private boolean stopped;

    WorkerSession(HttpClient.Factory http, Lanes lanes, Clock clock, Runnable onChange) {
        this.http = http;
        this.lanes = lanes;
        this.lane = lanes.quick();
        this.clock = clock;
        this.onChange = onChange;
    }

    WorkerReport latest() {
        return latest;
    }

    /** Takes a plan; the same as before changes nothing. */
    synchronized void follow(WorkerPlan wanted) {
        if (stopped || wanted.equals(plan)) {
            return;
        }
        if (plan == null || !wanted.access().equals(plan.access()) || wanted.bootstrap() != plan.bootstrap()) {
            closeView();
        }
        epochs = epochs(wanted);
        plan = wanted;
        // What was withdrawn must not be published again while the sandbox is being told.
        latest = latest.underAnotherPlan(epochs);
        schedule(Duration.ZERO);
    }

    /**
     * A group whose join Secret is gone, or was asked to be renewed, begins another epoch; one that has not been
     * published yet keeps its own.
     */
    private Map<String, String> epochs(WorkerPlan wanted) {
        Map<String, String> before = plan == null ? Map.of() : plan.epochs();
        Map<String, String> current = new HashMap<>();
        for (WorkerPlan.Group group : wanted.groups()) {
            String name = group.name();
            String published = wanted.epochs().get(name);
            String own = before.containsKey(name) ? null : epochs.get(name);
            current.put(
                    name, published != null ? published : own != null ? own : JoinTokens.word(EPOCH_LENGTH, random));
        }
        return current;
    }

    /** Ends what is under way, too. */
    synchronized void stop() {
        stopped = true;
        if (next != null) {
            next.cancel(false);
        }
        closeView();
    }

    private synchronized void closeView() {
        if (view != null) {
            view.close();
            view = null;
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
        WorkerPlan begunBy;
        Lanes.Lane mine;
        synchronized (this) {
            // What is asked for from now on may not be seen by this pass.
            following = null;
            begunBy = plan;
            mine = lane;
        }
        Instant begun = clock.instant();
        WorkerReport report;
        Duration wait;
        try {
            report = pass(mine).orElse(latest);
            retry = FIRST_RETRY;
            wait = untilNext(report);
        } catch (AllowanceExceededException e) {
            report = latest;
            boolean last = move(mine, e.limit());
            wait = last ? backOff(LONGEST_AFTER_EXCESS) : Duration.ZERO;
            if (last) {
                report = latest.failed(
                        e.limit() == Allowance.Limit.TIME ? Reason.SANDBOX_TOO_SLOW : Reason.SANDBOX_TOO_LARGE,
                        e.getMessage());
            }
        } catch (KubernetesClientException e) {
            LOG.debug("The sandbox was not brought to its plan", e);
            report = latest.failed(
                    Reason.SANDBOX_UNREACHABLE, e.getCode() == 0 ? "its API does not answer" : Mishaps.message(e));
            wait = backOff(LONGEST_RETRY);
        } catch (RuntimeException e) {
            if (memory.mayTell(clock.instant())) {
                LOG.error("The sandbox was not brought to its plan", e);
            }
            report = latest.failed(Reason.SANDBOX_UNREACHABLE, "the operator fails: " + e);
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
            closeView();
        }
        lane = lanes.beyond(mine, limit);
        backToQuickLane = clock.instant().plus(OUT_OF_QUICK_LANE);
        return lane == mine;
    }

    private void ended(Lanes.Lane mine, Instant begun, WorkerPlan begunBy, WorkerReport report, Duration wait) {
        boolean changed;
        synchronized (this) {
            Instant now = clock.instant();
            passes.take(1, now);
            share.take(Duration.between(begun, now), mine.isBusy(), now);
            // A plan that came during the pass is the next one's business.
            WorkerReport ended = plan == begunBy ? report : report.underAnotherPlan(epochs);
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

    private static Duration untilNext(WorkerReport report) {
        return report.nodes().stream().anyMatch(node -> node.reason().equals(NodeReason.DRAINING))
                ? WHILE_DRAINING
                : LOOK_AGAIN;
    }

    /** Empty: nobody is to be looked after any more. */
    private Optional<WorkerReport> pass(Lanes.Lane mine) {
        WorkerPlan wanted;
        SandboxView sandbox;
        Map<String, String> current;
        synchronized (this) {
            if (stopped) {
                return Optional.empty();
            }
            if (view == null) {
                view = new SandboxView(
                        new SandboxSession(http, plan.access(), lanes.timer()), plan.bootstrap(), this::onChange);
            }
            wanted = plan;
            sandbox = view;
            current = epochs;
        }
        WorkerPass pass = new WorkerPass(wanted, current, sandbox, memory, clock, random, this::onChange);
        try {
            return Optional.of(sandbox.session().within(mine.allowance(), pass::run));
        } catch (RuntimeException failure) {
            synchronized (this) {
                if (view != sandbox) {
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
