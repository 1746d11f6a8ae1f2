package dev.sandboxcluster.operator.sandbox.session;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Looks after something in all sandboxes that have it, beside the reconciler, which it wakes when something became known.
 * A sandbox that does not answer, or has much to say, holds up nobody but its like.
 *
 * @param <P> what is wanted
 * @param <R> what was found and done
 */
public abstract class SandboxEventSource<P, R> extends AbstractEventSource<R, SandboxCluster>
        implements ResourceEventAware<SandboxCluster> {

    private final Map<ResourceID, Caretaker<P, R>> caretakers = new ConcurrentHashMap<>();
    private final SandboxThreads threads;
    private final Cache<SandboxCluster> primaries;
    private final BooleanSupplier leading;
    private final R unknown;

    /**
     * Looks after nobody yet.
     *
     * @param primaries where a SandboxCluster isn't found that was deleted
     * @param leading whether sandboxes are this operator's business
     * @param unknown the report as long as nothing is known
     */
    protected SandboxEventSource(
            String name,
            Class<R> type,
            R unknown,
            SandboxThreads threads,
            Cache<SandboxCluster> primaries,
            BooleanSupplier leading) {
        super(type, name);
        this.unknown = unknown;
        this.threads = threads;
        this.primaries = primaries;
        this.leading = leading;
    }

    /** What is done for one more sandbox. */
    protected abstract Care<P, R> care();

    /** What is known now; looked after from now on, by this plan. */
    public R observe(ResourceID id, P plan) {
        Caretaker<P, R> caretaker =
                caretakers.computeIfAbsent(id, any -> threads.caretaker(care(), unknown, () -> changed(id)));
        caretaker.follow(plan);
        // Looked at last: a reconciliation that was under way when leading ended must leave nothing behind.
        if (!leading.getAsBoolean()) {
            forget(id);
        }
        return caretaker.latest();
    }

    /** What was last known; that nothing is, where nobody is looked after. */
    public R latest(ResourceID id) {
        Caretaker<P, R> caretaker = caretakers.get(id);
        return caretaker == null ? unknown : caretaker.latest();
    }

    /** Stops looking after one. */
    public void forget(ResourceID id) {
        Caretaker<P, R> caretaker = caretakers.remove(id);
        if (caretaker != null) {
            caretaker.stop();
        }
    }

    /** Stops looking after all of them; what is under way there fails. */
    public void forgetAll() {
        caretakers.keySet().forEach(this::forget);
    }

    @Override
    public Set<R> getSecondaryResources(SandboxCluster primary) {
        return Set.of(latest(ResourceID.fromResource(primary)));
    }

    @Override
    public void onResourceDeleted(SandboxCluster deleted) {
        forget(ResourceID.fromResource(deleted));
    }

    @Override
    public synchronized void stop() {
        super.stop();
        forgetAll();
    }

    private void changed(ResourceID id) {
        if (primaries.get(id).isPresent()) {
            getEventHandler().handleEvent(new Event(id));
        } else {
            forget(id);
        }
    }
}
