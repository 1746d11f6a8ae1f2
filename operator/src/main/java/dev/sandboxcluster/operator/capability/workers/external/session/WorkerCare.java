package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.api.v1alpha1.NodeReason;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import dev.sandboxcluster.operator.sandbox.session.Care;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Looks after one sandbox's external workers: its endpoint, tokens, requests to join, and nodes. */
final class WorkerCare implements Care<WorkerPlan, WorkerReport> {

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);
    private static final Duration WHILE_DRAINING = Duration.ofSeconds(2);
    private static final int EPOCH_LENGTH = 12;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Memory memory = Memory.empty();

    private WorkerPlan plan;
    private Map<String, String> epochs = Map.of();
    private SandboxView view;

    WorkerCare(Clock clock) {
        this.clock = clock;
    }

    @Override
    public SandboxAccess access(WorkerPlan wanted) {
        return wanted.access();
    }

    /**
     * A group whose join Secret is gone, or was asked to be renewed, begins another epoch; one that has not been
     * published yet keeps its own.
     */
    @Override
    public synchronized void follow(WorkerPlan wanted) {
        Map<String, String> before = plan == null ? Map.of() : plan.epochs();
        Map<String, String> current = new HashMap<>();
        for (WorkerPlan.Group group : wanted.groups()) {
            String name = group.name();
            String published = wanted.epochs().get(name);
            String own = before.containsKey(name) ? null : epochs.get(name);
            current.put(
                    name, published != null ? published : own != null ? own : JoinTokens.word(EPOCH_LENGTH, random));
        }
        epochs = current;
        plan = wanted;
    }

    @Override
    public synchronized WorkerReport outdated(WorkerReport report) {
        return report.underAnotherPlan(epochs);
    }

    @Override
    public synchronized Pass<WorkerReport> begin(WorkerPlan wanted, Runnable onChange) {
        Map<String, String> current = epochs;
        return (session, allowance) -> session.within(allowance, () -> new WorkerPass(
                        wanted, current, view(session, wanted, onChange), memory, clock, random, onChange)
                .run());
    }

    private SandboxView view(SandboxSession session, WorkerPlan wanted, Runnable onChange) {
        if (view == null || !view.isOf(session, wanted.bootstrap())) {
            view = new SandboxView(session, wanted.bootstrap(), onChange);
        }
        return view;
    }

    @Override
    public WorkerReport failed(WorkerReport latest, String reason, String why) {
        return latest.failed(reason, why);
    }

    @Override
    public Duration untilNext(WorkerReport report) {
        return report.nodes().stream().anyMatch(node -> node.reason().equals(NodeReason.DRAINING))
                ? WHILE_DRAINING
                : LOOK_AGAIN;
    }
}
