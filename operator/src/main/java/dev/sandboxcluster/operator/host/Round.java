package dev.sandboxcluster.operator.host;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.leadership.Leadership;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.objects.Situation;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One reconciliation of one SandboxCluster, as its stages see it: what is known at its beginning, and the host cluster. */
public record Round(Situation situation, HostObjects host) {

    /**
     * Looks at the SandboxCluster and its pod; no request.
     *
     * @param previous what was reported last
     * @param leadership without which nothing is written
     */
    public static Round begin(
            SandboxCluster cluster,
            SandboxClusterStatus previous,
            Leadership leadership,
            Context<SandboxCluster> context,
            Instant now) {
        HostObjects host = new HostObjects(cluster, leadership, context);
        Optional<Pod> pod = host.cached(Pod.class, Identity.of(cluster).podName());
        return new Round(Situation.of(cluster, previous, pod, now), host);
    }

    /** Whom it is about. */
    public Identity sandbox() {
        return situation.sandbox();
    }

    /** The same, as event sources name it. */
    public ResourceID id() {
        return new ResourceID(sandbox().name(), sandbox().namespace());
    }

    /** What was reported last. */
    public SandboxClusterStatus previous() {
        return situation.previous();
    }

    /** The control plane's pod, if there is one. */
    public Optional<Pod> pod() {
        return situation.pod();
    }

    /** When it began. */
    public Instant now() {
        return situation.now();
    }

    /**
     * The host cluster's warning events about what the pod is made from; one request each, but none on the way to a normal
     * start: once the container was created, its own state tells more.
     */
    public List<Event> warnings(List<? extends HasMetadata> objects) {
        return unclear(objects) ? warningsAbout(objects) : List.of();
    }

    /** The host cluster's warning events about objects that are no part of the pod; one request each. */
    public List<Event> warningsAbout(List<? extends HasMetadata> objects) {
        return host.warnings(objects.stream(), now());
    }

    /** Whether warning events may say more of objects, now or later. */
    public boolean unclear(List<? extends HasMetadata> objects) {
        return !situation.containerCreated() && !objects.isEmpty();
    }
}
