package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.http.EventLoops;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Looks after the external workers of all sandboxes that have some, beside the reconciler, which it wakes when something
 * became known. A sandbox that does not answer, or has much to say, holds up nobody but its like.
 */
public final class WorkerEventSource extends AbstractEventSource<WorkerReport, SandboxCluster>
        implements ResourceEventAware<SandboxCluster> {

    private final Map<ResourceID, WorkerSession> sessions = new ConcurrentHashMap<>();
    private final Cache<SandboxCluster> primaries;
    private final BooleanSupplier leading;
    private final Clock clock;
    private Lanes lanes;
    private Vertx vertx;
    private HttpClient.Factory http;

    /**
     * Looks after nobody yet.
     *
     * @param primaries where a SandboxCluster isn't found that was deleted
     * @param leading whether sandboxes are this operator's business
     */
    public WorkerEventSource(Cache<SandboxCluster> primaries, BooleanSupplier leading, Clock clock) {
        super(WorkerReport.class, "workers");
        this.primaries = primaries;
        this.leading = leading;
        this.clock = clock;
    }

    /** What is known of the workers now; looked after from now on, by this plan. */
    public WorkerReport observe(ResourceID id, WorkerPlan plan) {
        WorkerSession session = sessions.computeIfAbsent(id, this::open);
        session.follow(plan);
        // Looked at last: a reconciliation that was under way when leading ended must leave nothing behind.
        if (!leading.getAsBoolean()) {
            forget(id);
        }
        return session.latest();
    }

    /** What was last known; {@link WorkerReport#UNKNOWN} where nobody is looked after. */
    public WorkerReport latest(ResourceID id) {
        WorkerSession session = sessions.get(id);
        return session == null ? WorkerReport.UNKNOWN : session.latest();
    }

    /** Stops looking after them. */
    public void forget(ResourceID id) {
        WorkerSession session = sessions.remove(id);
        if (session != null) {
            session.stop();
        }
    }

    /** Stops looking after all of them; what is under way there fails. */
    public void forgetAll() {
        sessions.keySet().forEach(this::forget);
    }

    @Override
    public Set<WorkerReport> getSecondaryResources(SandboxCluster primary) {
        return Set.of(latest(ResourceID.fromResource(primary)));
    }

    @Override
    public void onResourceDeleted(SandboxCluster deleted) {
        forget(ResourceID.fromResource(deleted));
    }

    /** For good: an operator that is to run again makes a new one. */
    @Override
    public synchronized void stop() {
        super.stop();
        forgetAll();
        if (lanes != null) {
            lanes.close();
            vertx.close();
        }
    }

    /** Costs nothing as long as no sandbox has workers. */
    private synchronized WorkerSession open(ResourceID id) {
        if (lanes == null) {
            lanes = Lanes.open();
            vertx = Vertx.vertx(EventLoops.options(1, 1));
            http = new VertxHttpClientFactory(vertx);
        }
        return new WorkerSession(http, lanes, clock, () -> changed(id));
    }

    private void changed(ResourceID id) {
        if (primaries.get(id).isPresent()) {
            getEventHandler().handleEvent(new Event(id));
        } else {
            forget(id);
        }
    }
}
