package dev.sandboxcluster.operator.capability.classes.session;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.verdict.Conditions;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Optional;
import java.util.Set;

/** Wakes sandboxes that wait for room in their namespace when another one there is gone. */
public final class RoomEventSource extends AbstractEventSource<Void, SandboxCluster>
        implements ResourceEventAware<SandboxCluster> {

    private final IndexerResourceCache<SandboxCluster> primaries;

    /** @param primaries all SandboxClusters */
    public RoomEventSource(IndexerResourceCache<SandboxCluster> primaries) {
        super(Void.class, "room");
        this.primaries = primaries;
    }

    @Override
    public void onResourceDeleted(SandboxCluster deleted) {
        String namespace = deleted.getMetadata().getNamespace();
        primaries
                .keys()
                .filter(id -> id.getNamespace().filter(namespace::equals).isPresent())
                .flatMap(id -> primaries.get(id).stream())
                .filter(RoomEventSource::waits)
                .forEach(cluster -> getEventHandler().handleEvent(new Event(ResourceID.fromResource(cluster))));
    }

    @Override
    public Set<Void> getSecondaryResources(SandboxCluster primary) {
        return Set.of();
    }

    private static boolean waits(SandboxCluster cluster) {
        return Optional.ofNullable(cluster.getStatus())
                .flatMap(status -> Conditions.previous(status.conditions(), ConditionType.AllowedByClass))
                .filter(condition -> condition.getReason().equals(Reason.CLASS_QUOTA_EXCEEDED))
                .isPresent();
    }
}
