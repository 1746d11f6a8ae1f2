package dev.sandboxcluster.operator.pod;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Containers;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The pod of a Job that does something for a sandbox beside its control plane: it goes where the control plane's pod goes,
 * under the same rules, and isn't the sandbox's to any Service or NetworkPolicy.
 *
 * @param controlPlane the control plane's pod as it is to be
 */
public record Errand(PodTemplateSpec controlPlane) {

    /**
     * The pod; pure.
     *
     * @param label what it is known by, whose value is the sandbox's name
     * @param container what it runs; as whom, and with which rights, is as in the control plane
     * @param most what it may request and use of what the control plane's container names: a quota may want it to be named
     */
    public PodTemplateSpec pod(
            Identity sandbox, String label, Container container, List<Volume> volumes, ResourceRequirements most) {
        Map<String, String> labels = new TreeMap<>(controlPlane.getMetadata().getLabels());
        sandbox.podLabels().keySet().forEach(labels::remove);
        labels.put(Labels.MANAGED_BY, Labels.OPERATOR);
        labels.put(label, sandbox.name());
        return new PodTemplateSpecBuilder(controlPlane)
                .editMetadata()
                .withLabels(labels)
                .endMetadata()
                .editSpec()
                .withRestartPolicy("Never")
                .withShareProcessNamespace(null)
                // Of rules about other pods none is about this one, which must fit in beside the control plane.
                .withAffinity(affinity())
                .withTopologySpreadConstraints(List.of())
                .withVolumes(volumes)
                .withContainers(new ContainerBuilder(container)
                        .withResources(resources(k3s().getResources(), most))
                        .withSecurityContext(k3s().getSecurityContext())
                        .withTerminationMessagePolicy("FallbackToLogsOnError")
                        .build())
                .endSpec()
                .build();
    }

    /** The container that runs k3s. */
    public Container k3s() {
        return Containers.named(K3s.CONTAINER, controlPlane.getSpec()).orElseThrow();
    }

    private Affinity affinity() {
        return Optional.ofNullable(controlPlane.getSpec().getAffinity())
                .map(Affinity::getNodeAffinity)
                .map(nodes -> new AffinityBuilder().withNodeAffinity(nodes).build())
                .orElse(null);
    }

    private static ResourceRequirements resources(ResourceRequirements given, ResourceRequirements most) {
        Map<String, Quantity> limits = Optional.ofNullable(given.getLimits()).orElse(Map.of());
        Map<String, Quantity> requests = new TreeMap<>(limits);
        requests.putAll(Optional.ofNullable(given.getRequests()).orElse(Map.of()));
        return new ResourceRequirementsBuilder()
                .withRequests(atMost(most.getRequests(), requests))
                .withLimits(atMost(most.getLimits(), limits))
                .build();
    }

    private static Map<String, Quantity> atMost(Map<String, Quantity> most, Map<String, Quantity> given) {
        Map<String, Quantity> kept = new TreeMap<>();
        given.forEach((name, quantity) -> Optional.ofNullable(most.get(name))
                .ifPresent(enough -> kept.put(
                        name,
                        quantity.getNumericalAmount().compareTo(enough.getNumericalAmount()) < 0 ? quantity : enough)));
        return kept;
    }
}
