package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.Set;

/** Has all SandboxClusters looked at. */
final class WakeUp extends AbstractEventSource<Void, SandboxCluster> {

    private final IndexerResourceCache<SandboxCluster> primaries;

    WakeUp(IndexerResourceCache<SandboxCluster> primaries) {
        super(Void.class, "wake-up");
        this.primaries = primaries;
    }

    void all() {
        if (!isRunning()) {
            return;
        }
        primaries.keys().forEach(id -> getEventHandler().handleEvent(new Event(id)));
    }

    @Override
    public Set<Void> getSecondaryResources(SandboxCluster primary) {
        return Set.of();
    }
}
