package dev.sandboxcluster.operator.capability.classes;

import dev.sandboxcluster.api.v1alpha1.ClassStatus;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterClass;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.objects.Annotated;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Lets sandboxes into namespaces that may have only some. Who was let in is in its status; until the cache has that, it is
 * remembered here, so that two that come at once are not let in as one. For several threads at once; no request.
 */
final class Admissions {

    /** By namespace, and the SandboxCluster's UID. */
    private final Map<String, Map<String, ClassStatus>> unseen = new HashMap<>();

    /**
     * Lets one in, if there is room.
     *
     * @param ofNamespace all SandboxClusters of the namespace; asked here, in turn: who was let in since an earlier look
     *     would count for nothing
     * @param classes all that there are
     * @return what is in the way; empty: it is in
     */
    synchronized Optional<String> admit(
            SandboxCluster one,
            Asking asking,
            SandboxClusterClass of,
            Supplier<List<SandboxCluster>> ofNamespace,
            List<SandboxClusterClass> classes) {
        List<SandboxCluster> namespace = ofNamespace.get();
        String name = of.getMetadata().getName();
        Map<String, ClassStatus> lately =
                unseen.computeIfAbsent(one.getMetadata().getNamespace(), any -> new HashMap<>());
        lately.keySet()
                .retainAll(namespace.stream()
                        .map(other -> other.getMetadata().getUid())
                        .collect(Collectors.toSet()));
        List<NamespaceQuota.Member> in = new ArrayList<>();
        List<NamespaceQuota.Member> waiting = new ArrayList<>();
        for (SandboxCluster other : namespace) {
            String uid = other.getMetadata().getUid();
            if (uid.equals(one.getMetadata().getUid())) {
                continue;
            }
            Optional<ClassStatus> known = known(other, lately);
            known.filter(has -> has.name().equals(name)).ifPresent(has -> in.add(member(other, has.memory())));
            if (known.isEmpty()) {
                Asking same = asking(other);
                if (ClassChoice.of(same.spec(), Optional.empty(), Optional.of(classes))
                        .found()
                        .filter(chosen -> chosen.getMetadata().getName().equals(name))
                        .isPresent()) {
                    if (same.running()) {
                        in.add(member(other, same.memory(of)));
                    } else if (mayCome(other) && same.violations(of).isEmpty()) {
                        waiting.add(member(other, same.memory(of)));
                    }
                }
            }
        }
        Optional<String> obstacle = new NamespaceQuota(of.getSpec().limits().perNamespace())
                .obstacle(member(one, asking.memory(of)), in, waiting);
        if (obstacle.isEmpty()) {
            lately.put(one.getMetadata().getUid(), asking.accepted(of));
        }
        return obstacle;
    }

    /** To be called when others may have let some in. */
    synchronized void forgetAll() {
        unseen.clear();
    }

    private static Optional<ClassStatus> known(SandboxCluster other, Map<String, ClassStatus> lately) {
        Optional<ClassStatus> cached = Optional.ofNullable(other.getStatus()).map(SandboxClusterStatus::ofClass);
        Optional<ClassStatus> latest =
                Optional.ofNullable(lately.get(other.getMetadata().getUid()));
        return latest.filter(admitted -> cached.filter(seen -> seen.name().equals(admitted.name()))
                        .filter(seen -> seen.acceptedGeneration() >= admitted.acceptedGeneration())
                        .isEmpty())
                .or(() -> cached);
    }

    private static boolean mayCome(SandboxCluster other) {
        return !other.isMarkedForDeletion() && !Annotated.paused(other);
    }

    private static Asking asking(SandboxCluster other) {
        SandboxClusterStatus status = Optional.ofNullable(other.getStatus()).orElse(SandboxClusterStatus.EMPTY);
        return new Asking(
                Optional.ofNullable(other.getSpec()).orElse(SandboxClusterSpec.EMPTY),
                other.getMetadata().getGeneration(),
                Instant.parse(other.getMetadata().getCreationTimestamp()),
                Optional.empty(),
                status,
                status.internalEndpoint() != null);
    }

    private static NamespaceQuota.Member member(SandboxCluster cluster, Quantity memory) {
        return new NamespaceQuota.Member(
                cluster.getMetadata().getUid(),
                cluster.getMetadata().getCreationTimestamp(),
                cluster.getMetadata().getName(),
                memory == null ? new Quantity("0") : memory);
    }
}
