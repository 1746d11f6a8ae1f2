package dev.sandboxcluster.operator.capability.classes;

import dev.sandboxcluster.api.v1alpha1.ClassLimits;
import dev.sandboxcluster.api.v1alpha1.ClassLimits.Bounds;
import dev.sandboxcluster.api.v1alpha1.ClassLimits.NamespaceLimits;
import dev.sandboxcluster.api.v1alpha1.ControlPlane;
import dev.sandboxcluster.api.v1alpha1.HostedWorkers;
import dev.sandboxcluster.api.v1alpha1.Resources;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.Workers;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Whether the control plane's resources are within a class's bounds; pure. As a LimitRange has it
 * (kubernetes.io/docs/concepts/policy/limit-range): what has a maximum must have a limit, what has a minimum a request.
 */
final class ResourceRules {

    /** What a container may ask for that no others are without. */
    private static final Set<String> USUAL = Set.of("cpu", "memory", "ephemeral-storage");

    private static final String FIELD = "controlPlane.resources";
    private static final String HOSTED = "workers.hosted.resources";

    private ResourceRules() {}

    /**
     * What is out of bounds, each as a message that begins with the field.
     *
     * @param effective the spec with the class's defaults
     * @param own whether the SandboxCluster itself says which resources it wants
     */
    static Stream<String> violations(SandboxClusterSpec effective, boolean own, ClassLimits limits) {
        Map<String, Quantity> requests = orEmpty(resources(effective).requests());
        Map<String, Quantity> most = orEmpty(resources(effective).limits());
        Bounds bounds = Optional.ofNullable(limits.resources()).orElse(Bounds.EMPTY);
        Map<String, Quantity> max = new TreeMap<>(orEmpty(bounds.max()));
        return Stream.of(
                        max.entrySet().stream().flatMap(bound -> aboveMax(FIELD, bound, requests, most)),
                        new TreeMap<>(orEmpty(bounds.min()))
                                .entrySet().stream().flatMap(bound -> belowMin(bound, requests, most)),
                        Stream.concat(requests.keySet().stream(), most.keySet().stream())
                                .filter(any -> own)
                                .distinct()
                                .sorted()
                                .filter(name -> !USUAL.contains(name) && !max.containsKey(name))
                                .map(name ->
                                        FIELD + ": " + name + " is not allowed; limits.resources.max does not name it"),
                        memory(limits).stream().flatMap(all -> aboveAll(all, most, memory(effective))))
                .flatMap(found -> found);
    }

    /**
     * How much memory it counts for among the others of its namespace: what its control plane and its hosted workers may use,
     * or else what they request.
     */
    static Quantity memory(SandboxClusterSpec effective) {
        Quantity controlPlane = ofControlPlane(effective);
        return hosted(effective)
                .filter(workers -> Optional.ofNullable(workers.count()).orElse(0) > 0)
                .map(workers -> Quantity.fromNumericalAmount(
                        memory(workers)
                                .getNumericalAmount()
                                .multiply(BigDecimal.valueOf(workers.count()))
                                .add(controlPlane.getNumericalAmount()),
                        "Mi"))
                .orElse(controlPlane);
    }

    /** What a hosted worker may use, as far as the class limits it; each as a message that begins with the field. */
    static Stream<String> ofHosted(HostedWorkers workers, ClassLimits limits) {
        Map<String, Quantity> requests = orEmpty(resources(workers).requests());
        Map<String, Quantity> most = orEmpty(resources(workers).limits());
        Map<String, Quantity> max = new TreeMap<>(orEmpty(limits.hostedWorkerResources()));
        return Stream.concat(
                max.entrySet().stream().flatMap(bound -> aboveMax(HOSTED, bound, requests, most)),
                Stream.concat(requests.keySet().stream(), most.keySet().stream())
                        .distinct()
                        .sorted()
                        .filter(name -> !USUAL.contains(name) && !max.containsKey(name))
                        .map(name -> HOSTED + ": " + name
                                + " is not allowed; limits.hostedWorkerResources does not name it"));
    }

    private static Optional<HostedWorkers> hosted(SandboxClusterSpec effective) {
        return Optional.ofNullable(effective.workers()).map(Workers::hosted);
    }

    private static Quantity memory(HostedWorkers workers) {
        return orEmpty(resources(workers).limits()).getOrDefault("memory", new Quantity("0"));
    }

    private static Resources resources(HostedWorkers workers) {
        return Optional.ofNullable(workers.resources()).orElse(HostedWorkers.DEFAULT_RESOURCES);
    }

    private static Quantity ofControlPlane(SandboxClusterSpec effective) {
        return Optional.ofNullable(orEmpty(resources(effective).limits()).get("memory"))
                .or(() -> Optional.ofNullable(
                        orEmpty(resources(effective).requests()).get("memory")))
                .orElse(new Quantity("0"));
    }

    private static Optional<String> memory(ClassLimits limits) {
        return Optional.ofNullable(limits.perNamespace()).map(NamespaceLimits::memory);
    }

    private static Stream<String> aboveMax(
            String field,
            Map.Entry<String, Quantity> bound,
            Map<String, Quantity> requests,
            Map<String, Quantity> most) {
        String name = bound.getKey();
        if (!most.containsKey(name)) {
            return Stream.of(field + ".limits: " + name + " must be set; at most " + bound.getValue());
        }
        return Stream.of(most.get(name), requests.getOrDefault(name, most.get(name)))
                .filter(quantity -> compare(quantity, bound.getValue()) > 0)
                .map(quantity -> field + ": " + name + " of " + quantity + " is more than " + bound.getValue())
                .limit(1);
    }

    private static Stream<String> belowMin(
            Map.Entry<String, Quantity> bound, Map<String, Quantity> requests, Map<String, Quantity> most) {
        String name = bound.getKey();
        return Optional.ofNullable(requests.getOrDefault(name, most.get(name)))
                .map(quantity -> Stream.of(quantity)
                        .filter(requested -> compare(requested, bound.getValue()) < 0)
                        .map(requested ->
                                FIELD + ": " + name + " of " + requested + " is less than " + bound.getValue()))
                .orElseGet(
                        () -> Stream.of(FIELD + ".requests: " + name + " must be set; at least " + bound.getValue()));
    }

    private static Stream<String> aboveAll(String all, Map<String, Quantity> most, Quantity together) {
        if (!most.containsKey("memory")) {
            return Stream.of(FIELD + ".limits: memory must be set; a namespace may have " + all + " in all");
        }
        if (compare(most.get("memory"), new Quantity(all)) > 0) {
            return Stream.of(FIELD + ": memory of " + most.get("memory") + " is more than the " + all
                    + " that a namespace may have in all");
        }
        return Stream.of(together)
                .filter(memory -> compare(memory, new Quantity(all)) > 0)
                .map(memory -> "workers.hosted: memory of " + memory + " with the control plane's is more than the "
                        + all + " that a namespace may have in all");
    }

    private static int compare(Quantity one, Quantity other) {
        return one.getNumericalAmount().compareTo(other.getNumericalAmount());
    }

    private static Resources resources(SandboxClusterSpec effective) {
        return Optional.ofNullable(effective.controlPlane())
                .map(ControlPlane::resources)
                .orElse(Resources.DEFAULT);
    }

    private static Map<String, Quantity> orEmpty(Map<String, Quantity> map) {
        return Optional.ofNullable(map).orElse(Map.of());
    }
}
