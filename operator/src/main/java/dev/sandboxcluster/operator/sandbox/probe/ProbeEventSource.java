package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.sandbox.Reloads;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Starts a reconciliation when a sandbox's API became available, or unavailable, or fails for another reason. A deleted
 * SandboxCluster is forgotten without being told to.
 */
public final class ProbeEventSource extends AbstractEventSource<Observation, SandboxCluster>
        implements ResourceEventAware<SandboxCluster> {

    private final SandboxProber prober;

    private final Cache<SandboxCluster> primaries;

    private final BooleanSupplier leading;

    /**
     * Asks nobody yet.
     *
     * @param primaries where a SandboxCluster isn't found that was deleted
     * @param leading whether sandboxes are this operator's business
     */
    public ProbeEventSource(
            Cache<SandboxCluster> primaries, ProbeSettings settings, BooleanSupplier leading, Clock clock) {
        super(Observation.class, "sandboxes");
        this.primaries = primaries;
        this.leading = leading;
        this.prober = new SandboxProber(this::changed, settings, clock);
    }

    /** What is known of the target now; asked from now on, if it wasn't yet. */
    public Observation observe(ResourceID id, Target target) {
        prober.watch(id, target);
        Observation latest = prober.latest(id);
        // Looked at last: a reconciliation that was under way when leading ended must leave nothing behind.
        if (!leading.getAsBoolean()) {
            prober.forget(id);
        }
        return latest;
    }

    /** Whether to ask, now and then, how the API server does with changes of its authentication configuration. */
    public void wantReloads(ResourceID id, boolean wanted) {
        prober.wantReloads(id, wanted);
    }

    /** How the API server did with changes of its authentication configuration; empty: it was not asked yet. */
    public Optional<Reloads> reloads(ResourceID id) {
        return prober.reloads(id);
    }

    /** Stops asking for a time; what was last known of the same target is known still when it is observed again. */
    public Observation rest(ResourceID id) {
        prober.rest(id);
        return prober.latest(id);
    }

    /** Stops asking, for instance while the cluster is suspended. */
    public void forget(ResourceID id) {
        prober.forget(id);
    }

    /** Stops asking them all. */
    public void forgetAll() {
        prober.forgetAll();
    }

    @Override
    public Set<Observation> getSecondaryResources(SandboxCluster primary) {
        return Set.of(prober.latest(ResourceID.fromResource(primary)));
    }

    @Override
    public void onResourceDeleted(SandboxCluster deleted) {
        prober.forget(ResourceID.fromResource(deleted));
    }

    /** For good: an operator that is to run again makes a new one. */
    @Override
    public void stop() {
        super.stop();
        prober.close();
    }

    private void changed(ResourceID id) {
        if (primaries.get(id).isPresent()) {
            getEventHandler().handleEvent(new Event(id));
        } else {
            // Deleted while its last reconciliation was under way, which then called observe.
            prober.forget(id);
        }
    }
}
