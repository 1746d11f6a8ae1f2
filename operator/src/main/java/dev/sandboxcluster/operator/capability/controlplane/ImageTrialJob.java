package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.credentials.Sha256;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Containers;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The Job that tries an image before the control plane is started with it: its pod goes where the control plane's pod
 * goes, under the same rules, and runs no more than {@code k3s --version}. The host cluster ends and deletes it, so that a
 * Job that failed is followed by another after {@link #TRIED} and {@link #KEPT}.
 */
final class ImageTrialJob {

    /** How long a node may take; a kubelet that cannot pull tries again by itself meanwhile. */
    static final int TRIED = 15 * 60;

    /** How long it stays when it has ended. */
    static final int KEPT = 15 * 60;

    /** A merge patch that has the host cluster end and delete one that nobody needs any more. */
    static final String END = "{\"spec\": {\"activeDeadlineSeconds\": 1, \"ttlSecondsAfterFinished\": 0}}";

    /** For a pod that was evicted, say. */
    private static final int REPEATED = 2;

    private static final int HASH = 8;
    private static final Map<String, Quantity> REQUESTS = Map.of(
            "cpu", new Quantity("10m"), "memory", new Quantity("64Mi"), "ephemeral-storage", new Quantity("16Mi"));
    private static final Map<String, Quantity> LIMITS = Map.of(
            "cpu", new Quantity("1"), "memory", new Quantity("256Mi"), "ephemeral-storage", new Quantity("64Mi"));

    private ImageTrialJob() {}

    /**
     * The Job; pure. Its name tells what is tried: another image, or another place, is another Job.
     *
     * @param template of the control plane's pod as it is to be
     * @param node where the control plane runs now: pulled there, the image need not be pulled again
     */
    static Job desired(Identity sandbox, PodTemplateSpec template, Optional<String> node) {
        PodTemplateSpec pod = pod(sandbox, template);
        String hash = Sha256.hex(Serialization.asJson(pod)).substring(0, HASH);
        return new JobBuilder()
                .withMetadata(sandbox.metadata(sandbox.name() + "-" + hash))
                .withNewSpec()
                .withActiveDeadlineSeconds((long) TRIED)
                .withTtlSecondsAfterFinished(KEPT)
                .withBackoffLimit(REPEATED)
                .withTemplate(node.map(preferred -> on(preferred, pod)).orElse(pod))
                .endSpec()
                .build();
    }

    /** What selects its pod. */
    static Map<String, String> podSelector(Identity sandbox) {
        return Map.of(Labels.IMAGE_TRIAL, sandbox.name());
    }

    /** Whether nobody needs it any more. */
    static boolean isEnded(Job job) {
        return Integer.valueOf(0).equals(job.getSpec().getTtlSecondsAfterFinished());
    }

    private static PodTemplateSpec pod(Identity sandbox, PodTemplateSpec template) {
        Map<String, String> labels = new TreeMap<>(template.getMetadata().getLabels());
        sandbox.podLabels().keySet().forEach(labels::remove);
        labels.put(Labels.MANAGED_BY, Labels.OPERATOR);
        labels.putAll(podSelector(sandbox));
        Container k3s = Containers.named(K3s.CONTAINER, template.getSpec()).orElseThrow();
        return new PodTemplateSpecBuilder(template)
                .editMetadata()
                .withLabels(labels)
                .endMetadata()
                .editSpec()
                .withRestartPolicy("Never")
                // Of rules about other pods none is about this one, which must fit in beside the control plane.
                .withAffinity(affinity(template))
                .withTopologySpreadConstraints(List.of())
                .withVolumes(List.of())
                .withContainers(new ContainerBuilder()
                        .withName(K3s.CONTAINER)
                        .withImage(k3s.getImage())
                        .withImagePullPolicy(k3s.getImagePullPolicy())
                        .withCommand("/bin/sh", "-c", "exec k3s --version")
                        .withResources(resources(k3s.getResources()))
                        .withSecurityContext(k3s.getSecurityContext())
                        .withTerminationMessagePolicy("FallbackToLogsOnError")
                        .build())
                .endSpec()
                .build();
    }

    private static Affinity affinity(PodTemplateSpec template) {
        return Optional.ofNullable(template.getSpec().getAffinity())
                .map(Affinity::getNodeAffinity)
                .map(nodes -> new AffinityBuilder().withNodeAffinity(nodes).build())
                .orElse(null);
    }

    private static PodTemplateSpec on(String node, PodTemplateSpec pod) {
        NodeAffinity given = Optional.ofNullable(pod.getSpec().getAffinity())
                .map(Affinity::getNodeAffinity)
                .orElseGet(NodeAffinity::new);
        return new PodTemplateSpecBuilder(pod)
                .editSpec()
                .withNewAffinity()
                .withNewNodeAffinityLike(given)
                .addNewPreferredDuringSchedulingIgnoredDuringExecution()
                .withWeight(100)
                .withNewPreference()
                .addNewMatchField()
                .withKey("metadata.name")
                .withOperator("In")
                .withValues(node)
                .endMatchField()
                .endPreference()
                .endPreferredDuringSchedulingIgnoredDuringExecution()
                .endNodeAffinity()
                .endAffinity()
                .endSpec()
                .build();
    }

    /** Little, but of all that the control plane names: a quota may want it to be named. */
    private static ResourceRequirements resources(ResourceRequirements given) {
        Map<String, Quantity> limits = Optional.ofNullable(given.getLimits()).orElse(Map.of());
        Map<String, Quantity> requests = new TreeMap<>(limits);
        requests.putAll(Optional.ofNullable(given.getRequests()).orElse(Map.of()));
        return new ResourceRequirementsBuilder()
                .withRequests(atMost(REQUESTS, requests))
                .withLimits(atMost(LIMITS, limits))
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
