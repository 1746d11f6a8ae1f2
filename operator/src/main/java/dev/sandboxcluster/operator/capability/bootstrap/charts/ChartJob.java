package dev.sandboxcluster.operator.capability.bootstrap.charts;

import dev.sandboxcluster.api.v1alpha1.BootstrapChart;
import dev.sandboxcluster.api.v1alpha1.KeySource;
import dev.sandboxcluster.api.v1alpha1.KubeconfigKeys;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.ValuesSource;
import dev.sandboxcluster.operator.capability.bootstrap.plan.ChartRun;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.pod.Errand;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Job that installs a chart in a sandbox, by {@code helm upgrade --install}. Its pod is as shut off as the control
 * plane's, and all that it has is the chart, the values and the sandbox's kubeconfig. The host cluster ends and deletes it,
 * so that a Job that failed is followed by another.
 *
 * @param chart what is installed
 * @param run which installation of it this is
 */
public record ChartJob(BootstrapChart chart, ChartRun run) {

    /** The container that runs Helm. */
    public static final String CONTAINER = "helm";

    /** How long it may take, in seconds, the pull of its image included. */
    static final int TIME = 5 * 60;

    /** How long it stays when it has ended, in seconds; then one that failed is tried again. */
    static final int KEPT = 5 * 60;

    /** The values that stand in the spec; a pod reads its own annotations from a file. */
    static final String VALUES = SandboxCluster.GROUP + "/values";

    private static final int REPEATED = 1;
    private static final int FOR_ITS_GROUP = 0440;
    private static final String HOME = "/tmp";
    private static final ResourceRequirements MOST = new ResourceRequirementsBuilder()
            .withRequests(Map.of(
                    "cpu",
                    new Quantity("50m"),
                    "memory",
                    new Quantity("128Mi"),
                    "ephemeral-storage",
                    new Quantity("64Mi")))
            .withLimits(Map.of(
                    "cpu",
                    new Quantity("1"),
                    "memory",
                    new Quantity("512Mi"),
                    "ephemeral-storage",
                    new Quantity("256Mi")))
            .build();

    /**
     * The Job; pure.
     *
     * @param controlPlane the control plane's pod as it is to be
     * @param kubeconfig the Secret with the sandbox's kubeconfig
     * @param helmImage whose entrypoint is Helm
     */
    public Job desired(Identity sandbox, PodTemplateSpec controlPlane, String kubeconfig, String helmImage) {
        List<Volume> volumes = new ArrayList<>();
        List<VolumeMount> mounts = new ArrayList<>();
        List<String> arguments = new ArrayList<>(List.of("upgrade", "--install", chart.name()));
        mount(
                volumes,
                mounts,
                secret("kubeconfig", new KeySource(kubeconfig, KubeconfigKeys.INTERNAL), "kubeconfig"),
                "/kubeconfig");
        volumes.add(new VolumeBuilder()
                .withName("tmp")
                .withNewEmptyDir()
                .withSizeLimit(new Quantity("128Mi"))
                .endEmptyDir()
                .build());
        mounts.add(new VolumeMountBuilder().withName("tmp").withMountPath(HOME).build());
        if (chart.oci() == null) {
            mount(volumes, mounts, file("chart", chart.configMap(), chart.secret(), "chart.tgz"), "/chart");
            arguments.add("/chart/chart.tgz");
        } else {
            arguments.add(chart.oci());
            Optional.ofNullable(chart.version()).ifPresent(version -> arguments.add("--version=" + version));
        }
        arguments.addAll(List.of(
                "--namespace=" + chart.releaseNamespace(),
                "--create-namespace",
                "--kubeconfig=/kubeconfig/kubeconfig",
                "--server-side=true",
                "--force-conflicts",
                // They are pods, of which a sandbox may have none.
                "--no-hooks",
                "--history-max=3"));
        List<ValuesSource> values = Optional.ofNullable(chart.valuesFrom()).orElse(List.of());
        for (int i = 0; i < values.size(); i++) {
            String name = "values-" + i;
            mount(
                    volumes,
                    mounts,
                    file(name, values.get(i).configMap(), values.get(i).secret(), "values.yaml"),
                    "/" + name);
            arguments.add("--values=/" + name + "/values.yaml");
        }
        if (chart.values() != null) {
            mount(volumes, mounts, annotation(), "/values");
            arguments.add("--values=/values/values.yaml");
        }
        Container helm = new ContainerBuilder()
                .withName(CONTAINER)
                .withImage(helmImage)
                .withArgs(arguments)
                .withEnv(new EnvVar("HOME", HOME, null))
                .withVolumeMounts(mounts)
                .build();
        return new JobBuilder()
                .withMetadata(sandbox.metadata(sandbox.name() + "-" + run.id()))
                .withNewSpec()
                .withActiveDeadlineSeconds((long) TIME)
                .withTtlSecondsAfterFinished(KEPT)
                .withBackoffLimit(REPEATED)
                .withTemplate(annotated(new Errand(controlPlane).pod(sandbox, Labels.CHART, helm, volumes, MOST)))
                .endSpec()
                .build();
    }

    /** The id of the run that a Job is. */
    public static String id(Job job) {
        String name = job.getMetadata().getName();
        return name.substring(name.lastIndexOf('-') + 1);
    }

    /** Whether what Helm says may quote a Secret. */
    boolean isSecret() {
        return chart.secret() != null
                || Optional.ofNullable(chart.valuesFrom()).orElse(List.of()).stream()
                        .anyMatch(values -> values.secret() != null);
    }

    private PodTemplateSpec annotated(PodTemplateSpec pod) {
        return chart.values() == null
                ? pod
                : new PodTemplateSpecBuilder(pod)
                        .editMetadata()
                        .addToAnnotations(VALUES, chart.values())
                        .endMetadata()
                        .build();
    }

    private static void mount(List<Volume> volumes, List<VolumeMount> mounts, Volume volume, String directory) {
        volumes.add(volume);
        mounts.add(new VolumeMountBuilder()
                .withName(volume.getName())
                .withMountPath(directory)
                .withReadOnly(true)
                .build());
    }

    private static Volume file(String volume, KeySource configMap, KeySource secret, String file) {
        return configMap == null
                ? secret(volume, secret, file)
                : new VolumeBuilder()
                        .withName(volume)
                        .withNewConfigMap()
                        .withName(configMap.name())
                        .addNewItem(configMap.key(), null, file)
                        .endConfigMap()
                        .build();
    }

    private static Volume secret(String volume, KeySource secret, String file) {
        return new VolumeBuilder()
                .withName(volume)
                .withNewSecret()
                .withSecretName(secret.name())
                .withDefaultMode(FOR_ITS_GROUP)
                .addNewItem(secret.key(), null, file)
                .endSecret()
                .build();
    }

    private static Volume annotation() {
        return new VolumeBuilder()
                .withName("values")
                .withNewDownwardAPI()
                .addNewItem()
                .withPath("values.yaml")
                .withNewFieldRef()
                .withFieldPath("metadata.annotations['" + VALUES + "']")
                .endFieldRef()
                .endItem()
                .endDownwardAPI()
                .build();
    }
}
