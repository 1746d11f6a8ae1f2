package dev.sandboxcluster.operator.capability.classes;

import dev.sandboxcluster.api.v1alpha1.ClassAllow;
import dev.sandboxcluster.api.v1alpha1.ClassLimits;
import dev.sandboxcluster.api.v1alpha1.HostedPublication;
import dev.sandboxcluster.api.v1alpha1.HostedWorkers;
import dev.sandboxcluster.api.v1alpha1.HostedWorkers.HostedStorage;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.Workers;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether a class allows the hosted workers that a SandboxCluster wants; pure. They are pods of the host cluster, and what
 * holds their users there is their RuntimeClass, or nothing.
 */
final class HostedRules {

    private HostedRules() {}

    /** What the class does not allow, each as a message that begins with the field. */
    static Stream<String> violations(SandboxClusterSpec spec, ClassAllow allow, ClassLimits limits) {
        return Optional.ofNullable(spec.workers()).map(Workers::hosted).stream().flatMap(hosted -> Stream.of(
                        runtimeClass(hosted, orEmpty(allow.hostedRuntimeClassNames())),
                        count(hosted, limits),
                        storageClass(hosted, orEmpty(allow.storageClassNames())),
                        size(hosted, limits),
                        egress(hosted, Optional.ofNullable(allow.hostedEgress())),
                        publish(
                                hosted,
                                Optional.ofNullable(allow.publishTypes()).orElse(List.of())),
                        ResourceRules.ofHosted(hosted, limits))
                .flatMap(found -> found));
    }

    private static Stream<String> runtimeClass(HostedWorkers hosted, List<String> allowed) {
        String name = Optional.ofNullable(hosted.runtimeClassName()).orElse("");
        return Stream.of(name)
                .filter(any -> !allowed.contains(name))
                .map(refused -> "workers.hosted.runtimeClassName: "
                        + quoted(name) + " is not allowed; allowed: "
                        + (allowed.isEmpty()
                                ? "none"
                                : allowed.stream().map(HostedRules::quoted).collect(Collectors.joining(", "))));
    }

    private static Stream<String> egress(HostedWorkers hosted, Optional<List<HostedWorkers.Egress>> allowed) {
        HostedWorkers.Egress egress = Optional.ofNullable(hosted.egress()).orElse(HostedWorkers.Egress.Internet);
        return allowed.filter(these -> !these.contains(egress)).stream()
                .map(these -> "workers.hosted.egress: " + egress + " is not allowed; allowed: "
                        + these.stream().map(Enum::name).collect(Collectors.joining(", ")));
    }

    private static Stream<String> publish(HostedWorkers hosted, List<HostedPublication.Type> allowed) {
        return Optional.ofNullable(hosted.publish()).orElse(List.of()).stream()
                .map(publication -> Optional.ofNullable(publication.type()).orElse(HostedPublication.Type.ClusterIP))
                .filter(type -> !allowed.contains(type))
                .map(type -> "workers.hosted.publish: type " + type + " is not allowed; allowed: "
                        + (allowed.isEmpty()
                                ? "none"
                                : allowed.stream().map(Enum::name).collect(Collectors.joining(", "))))
                .distinct();
    }

    private static Stream<String> count(HostedWorkers hosted, ClassLimits limits) {
        return Optional.ofNullable(hosted.count())
                .filter(count -> limits.maxHostedWorkers() != null && count > limits.maxHostedWorkers())
                .map(count -> "workers.hosted.count: " + count + " is more than " + limits.maxHostedWorkers())
                .stream();
    }

    private static Stream<String> storageClass(HostedWorkers hosted, List<String> allowed) {
        return Optional.ofNullable(hosted.storage())
                .map(HostedStorage::storageClassName)
                .filter(name -> !allowed.contains(name))
                .map(name -> "workers.hosted.storage.storageClassName: " + name
                        + " is not allowed; allow.storageClassNames does not name it")
                .stream();
    }

    private static Stream<String> size(HostedWorkers hosted, ClassLimits limits) {
        String size =
                Optional.ofNullable(hosted.storage()).map(HostedStorage::size).orElse(HostedStorage.DEFAULT_SIZE);
        return Optional.ofNullable(limits.storageSize())
                .filter(most ->
                        new Quantity(size).getNumericalAmount().compareTo(new Quantity(most).getNumericalAmount()) > 0)
                .map(most -> "workers.hosted.storage.size: " + size + " is more than " + most)
                .stream();
    }

    private static String quoted(String name) {
        return name.isEmpty() ? "\"\"" : name;
    }

    private static List<String> orEmpty(List<String> list) {
        return list == null ? List.of() : list;
    }
}
