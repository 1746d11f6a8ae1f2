package dev.sandboxcluster.operator.objects;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Optional;

/** What is known of {@code previews/demo}, which tests of checks are about. */
public final class Situations {

    private Situations() {}

    /**
     * Of it.
     *
     * @param generation of its spec
     */
    public static Situation of(long generation, SandboxClusterStatus previous, Optional<Pod> pod, Instant now) {
        SandboxCluster cluster = new SandboxCluster();
        cluster.setMetadata(new ObjectMetaBuilder()
                .withName("demo")
                .withNamespace("previews")
                .withUid("u")
                .withGeneration(generation)
                .build());
        return Situation.of(cluster, previous, pod, now);
    }
}
