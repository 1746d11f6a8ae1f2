package dev.sandboxcluster.operator.capability.workers.hosted;

import dev.sandboxcluster.api.v1alpha1.ControlPlane;
import dev.sandboxcluster.api.v1alpha1.HostedWorkers;
import dev.sandboxcluster.api.v1alpha1.HostedWorkers.HostedStorage;
import dev.sandboxcluster.api.v1alpha1.Resources;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.Workers;
import dev.sandboxcluster.operator.capability.workers.external.plan.HostedNodes;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan.Group;
import dev.sandboxcluster.operator.config.HostedPolicy;
import dev.sandboxcluster.operator.credentials.Sha256;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Hosted workers with every default filled in; pure.
 *
 * @param nodes that there are to be
 * @param runtimeClassName empty: the host cluster's default container runtime
 * @param resources of each pod
 * @param storageSize how much a node may keep
 * @param storageClassName of the volume that it keeps it on; empty: the disk of the host cluster's node
 * @param image of the control plane
 * @param imagePullSecrets the control plane's
 * @param internet whether nodes and pods may connect to it
 * @param published Services of the sandbox that are reached from outside
 * @param policy what they may be
 */
public record HostedSettings(
        HostedNodes nodes,
        Optional<String> runtimeClassName,
        Resources resources,
        String storageSize,
        Optional<String> storageClassName,
        Map<String, String> nodeSelector,
        List<Toleration> tolerations,
        String image,
        List<LocalObjectReference> imagePullSecrets,
        boolean internet,
        List<Published> published,
        HostedPolicy policy) {

    /**
     * What the spec says, with the defaults; empty: there are none.
     *
     * @param image of the control plane
     */
    public static Optional<HostedSettings> of(SandboxClusterSpec spec, String image, HostedPolicy policy) {
        return Optional.ofNullable(spec.workers())
                .map(Workers::hosted)
                .map(hosted -> new HostedSettings(
                        new HostedNodes(
                                new Group(
                                        WorkerPlan.HOSTED,
                                        Optional.empty(),
                                        orEmpty(hosted.labels()),
                                        orEmpty(hosted.taints())),
                                Optional.ofNullable(hosted.count()).orElse(0),
                                published(hosted).stream().map(Published::what).toList()),
                        Optional.ofNullable(hosted.runtimeClassName()).filter(name -> !name.isEmpty()),
                        Optional.ofNullable(hosted.resources()).orElse(HostedWorkers.DEFAULT_RESOURCES),
                        Optional.ofNullable(hosted.storage())
                                .map(HostedStorage::size)
                                .orElse(HostedStorage.DEFAULT_SIZE),
                        Optional.ofNullable(hosted.storage()).map(HostedStorage::storageClassName),
                        orEmpty(hosted.nodeSelector()),
                        orEmpty(hosted.tolerations()),
                        image,
                        Optional.ofNullable(spec.controlPlane())
                                .map(ControlPlane::imagePullSecrets)
                                .orElse(List.of()),
                        hosted.egress() != HostedWorkers.Egress.None,
                        published(hosted),
                        policy));
    }

    private static List<Published> published(HostedWorkers hosted) {
        return orEmpty(hosted.publish()).stream().map(Published::of).toList();
    }

    /** Whether who administers the sandbox is root on the nodes that its pods run on. */
    boolean privileged() {
        return runtimeClassName.filter(policy.virtualMachines()::contains).isEmpty();
    }

    /**
     * What the pods are made from, but for the operator: as long as it stays the same, they stay, whatever another release
     * of the operator would make of it.
     *
     * @param caHash of the CA by which they know the control plane
     */
    String origin(String caHash) {
        List<Object> all = new ArrayList<>();
        all.add(runtimeClassName.orElse(""));
        all.add(sorted(resources.requests()));
        all.add(sorted(resources.limits()));
        all.add(storageSize);
        all.add(storageClassName.orElse(""));
        all.add(sorted(nodeSelector));
        all.add(tolerations);
        all.add(image);
        all.add(imagePullSecrets);
        all.add(caHash);
        return Sha256.hex(Serialization.asJson(all));
    }

    /** One text for what means the same. */
    private static <V> Map<String, V> sorted(Map<String, V> map) {
        return new TreeMap<>(orEmpty(map));
    }

    private static <K, V> Map<K, V> orEmpty(Map<K, V> map) {
        return Optional.ofNullable(map).orElse(Map.of());
    }

    private static <T> List<T> orEmpty(List<T> list) {
        return Optional.ofNullable(list).orElse(List.of());
    }
}
