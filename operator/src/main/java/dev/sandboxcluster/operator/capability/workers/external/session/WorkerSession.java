package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.api.v1alpha1.NodeReason;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
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
import java.util.concurrent.ScheduledExecutorService;
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
    private static final Duration UNTIL_FILLED = Duration.ofMillis(200);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(15);
    private static final int EPOCH_LENGTH = 12;

    private final HttpClient.Factory http;
    private final ScheduledExecutorService executor;
    private final Clock clock;
    private final Runnable onChange;
    private final SecureRandom random = new SecureRandom();
    private final JoinedNodes joined = new JoinedNodes();
    private final KubeletProbe probe = new KubeletProbe();
    private final Map<String, Instant> drains = new HashMap<>();
    private final Object passing = new Object();

    private volatile WorkerReport latest = WorkerReport.UNKNOWN;
    private WorkerPlan plan;
    private SandboxView view;
    private Map<String, String> epochs = Map.of();
    private Duration retry = FIRST_RETRY;
    private ScheduledFuture<?> next;
    private boolean stopped;

    WorkerSession(HttpClient.Factory http, ScheduledExecutorService executor, Clock clock, Runnable onChange) {
        this.http = http;
        this.executor = executor;
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

    synchronized void stop() {
        stopped = true;
        if (next != null) {
            next.cancel(false);
        }
        executor.execute(this::closeView);
    }

    private synchronized void closeView() {
        if (view != null) {
            view.close();
            view = null;
        }
    }

    private synchronized void schedule(Duration delay) {
        if (stopped) {
            return;
        }
        if (next != null && !next.isDone() && next.getDelay(TimeUnit.MILLISECONDS) <= delay.toMillis()) {
            return;
        }
        if (next != null) {
            next.cancel(false);
        }
        next = executor.schedule(this::run, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void run() {
        synchronized (passing) {
            runAlone();
        }
    }

    private void runAlone() {
        WorkerPlan begunBy;
        synchronized (this) {
            // What happens from now on may not be seen by this pass.
            next = null;
            begunBy = plan;
        }
        WorkerReport report;
        Duration wait;
        try {
            Optional<WorkerReport> passed = pass();
            report = passed.orElse(latest);
            retry = FIRST_RETRY;
            wait = passed.map(WorkerSession::untilNext).orElse(UNTIL_FILLED);
        } catch (KubernetesClientException e) {
            LOG.debug("The sandbox was not brought to its plan", e);
            report = latest.failed(e.getCode() == 0 ? "its API does not answer" : String.valueOf(e.getMessage()));
            wait = retry;
            retry = retry.multipliedBy(2).compareTo(LONGEST_RETRY) < 0 ? retry.multipliedBy(2) : LONGEST_RETRY;
        } catch (RuntimeException e) {
            LOG.error("The sandbox was not brought to its plan", e);
            report = latest.failed("the operator fails: " + e);
            wait = LONGEST_RETRY;
        }
        boolean changed;
        synchronized (this) {
            // A plan that came during the pass is the next one's business.
            WorkerReport ended = plan == begunBy ? report : report.underAnotherPlan(epochs);
            changed = !stopped && !ended.equals(latest);
            latest = ended;
        }
        schedule(wait);
        if (changed) {
            onChange.run();
        }
    }

    private static Duration untilNext(WorkerReport report) {
        return report.nodes().stream().anyMatch(node -> node.reason().equals(NodeReason.DRAINING))
                ? WHILE_DRAINING
                : LOOK_AGAIN;
    }

    /** Empty: what is watched was not seen yet. */
    private Optional<WorkerReport> pass() {
        WorkerPlan wanted;
        SandboxView sandbox;
        Map<String, String> current;
        synchronized (this) {
            if (stopped) {
                return Optional.empty();
            }
            if (view == null) {
                view = new SandboxView(
                        new SandboxSession(http, plan.access()), plan.bootstrap(), () -> schedule(GATHER));
            }
            wanted = plan;
            sandbox = view;
            current = epochs;
        }
        return sandbox.isFilled()
                ? Optional.of(new WorkerPass(wanted, current, sandbox, joined, probe, drains, clock, random).run())
                : Optional.empty();
    }
}
