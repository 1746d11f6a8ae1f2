package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.credentials.Sha256;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.pod.Errand;
import io.fabric8.kubernetes.api.model.Affinity;
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

    /** For a pod that was evicted, say. */
    private static final int REPEATED = 2;

    private static final int HASH = 8;
    private static final ResourceRequirements MOST = new ResourceRequirementsBuilder()
            .withRequests(Map.of(
                    "cpu",
                    new Quantity("10m"),
                    "memory",
                    new Quantity("64Mi"),
                    "ephemeral-storage",
                    new Quantity("16Mi")))
            .withLimits(Map.of(
                    "cpu",
                    new Quantity("1"),
                    "memory",
                    new Quantity("256Mi"),
                    "ephemeral-storage",
                    new Quantity("64Mi")))
            .build();

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

    private static PodTemplateSpec pod(Identity sandbox, PodTemplateSpec template) {
        Errand errand = new Errand(template);
        return errand.pod(
                sandbox,
                Labels.IMAGE_TRIAL,
                new ContainerBuilder()
                        .withName(K3s.CONTAINER)
                        .withImage(errand.k3s().getImage())
                        .withImagePullPolicy(errand.k3s().getImagePullPolicy())
                        .withCommand("/bin/sh", "-c", "exec k3s --version")
                        .build(),
                List.of(),
                MOST);
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
}
