package dev.sandboxcluster.operator.capability.workers.hosted;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.operator.objects.Annotated;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.objects.Times;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The StatefulSet whose pods are a sandbox's nodes. They are privileged: a kubelet mounts, makes control groups and networks.
 * What holds them is a virtual machine, or nothing.
 */
public final class HostedStatefulSet {

    /** The name of the container that runs k3s's agent. */
    static final String CONTAINER = "agent";

    /** Where the pod mounts what it joins with, and what it starts with. */
    private static final String JOIN_DIR = "/etc/sandboxcluster/worker";

    private static final String START_DIR = "/etc/sandboxcluster/start";
    private static final String JOIN = "join";
    private static final String START = "start";
    private static final String NODE = "node";
    private static final Quantity BESIDE_VOLUME = new Quantity("1Gi");
    /** Without one, Kubernetes would ask for all of the limit. */
    private static final Quantity BESIDE_REQUESTED = new Quantity("64Mi");

    private static final int FOR_ROOT = 0400;
    private static final int FOR_ALL = 0444;

    private HostedStatefulSet() {}

    /**
     * The StatefulSet; pure.
     *
     * @param caHash of the CA by which the pods know the control plane
     * @param objectsOf of which life the sandbox's objects are: those of another don't know the pods' Nodes
     * @param step how many pods there are to be now
     * @param present the one that is there: as long as what its pods were made from is the same, they stay as they are
     */
    public static StatefulSet desired(
            Identity sandbox,
            HostedSettings settings,
            String caHash,
            String objectsOf,
            HostedScale.Step step,
            Optional<StatefulSet> present) {
        String origin = settings.origin(caHash);
        PodTemplateSpec template = present.filter(before -> Annotated.value(before, Annotations.MADE_FROM)
                        .filter(origin::equals)
                        .isPresent())
                .map(before -> before.getSpec().getTemplate())
                .orElseGet(() -> template(sandbox, settings));
        return of(
                sandbox,
                origin,
                new PodTemplateSpecBuilder(template)
                        .editMetadata()
                        .withAnnotations(Map.of(Annotations.OBJECTS_OF, objectsOf))
                        .endMetadata()
                        .build(),
                step);
    }

    /** One that is there with another number of pods; pure. */
    static StatefulSet scaled(Identity sandbox, StatefulSet present, HostedScale.Step step) {
        return of(
                sandbox,
                Annotated.value(present, Annotations.MADE_FROM).orElse(""),
                present.getSpec().getTemplate(),
                step);
    }

    /** Since when there are more pods than wanted; empty: there aren't. */
    static Optional<Instant> tooManySince(StatefulSet present) {
        return Annotated.value(present, Annotations.TOO_MANY_SINCE).flatMap(Times::of);
    }

    /** Of which life of the sandbox's objects its pods are. */
    static Optional<String> objectsOf(StatefulSet present) {
        return Optional.ofNullable(present.getSpec().getTemplate().getMetadata().getAnnotations())
                .map(annotations -> annotations.get(Annotations.OBJECTS_OF));
    }

    private static StatefulSet of(Identity sandbox, String origin, PodTemplateSpec template, HostedScale.Step step) {
        Map<String, String> annotations = new TreeMap<>(Map.of(Annotations.MADE_FROM, origin));
        step.tooManySince().ifPresent(since -> annotations.put(Annotations.TOO_MANY_SINCE, since.toString()));
        return new StatefulSetBuilder()
                .withMetadata(new ObjectMetaBuilder(HostedObjects.metadata(sandbox, HostedObjects.name(sandbox)))
                        .withAnnotations(annotations)
                        .build())
                .withNewSpec()
                .withReplicas(step.replicas())
                .withRevisionHistoryLimit(1)
                .withServiceName(HostedObjects.name(sandbox))
                .withPodManagementPolicy("Parallel")
                .withNewSelector()
                .withMatchLabels(HostedObjects.selector(sandbox))
                .endSelector()
                .withTemplate(template)
                .endSpec()
                .build();
    }

    private static PodTemplateSpec template(Identity sandbox, HostedSettings settings) {
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(HostedObjects.podLabels(sandbox))
                .endMetadata()
                .withSpec(podSpec(sandbox, settings))
                .build();
    }

    private static PodSpec podSpec(Identity sandbox, HostedSettings settings) {
        return new PodSpecBuilder()
                .withRuntimeClassName(settings.runtimeClassName().orElse(null))
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                // The names of the host cluster's Services are not the sandbox's business.
                .withDnsPolicy("Default")
                .withTerminationGracePeriodSeconds(10L)
                .withNodeSelector(settings.nodeSelector())
                .withTolerations(settings.tolerations())
                .withImagePullSecrets(settings.imagePullSecrets())
                .withContainers(container(settings))
                .withVolumes(
                        new VolumeBuilder()
                                .withName(JOIN)
                                .withNewSecret()
                                .withSecretName(HostedObjects.name(sandbox))
                                .withDefaultMode(FOR_ROOT)
                                .endSecret()
                                .build(),
                        new VolumeBuilder()
                                .withName(START)
                                .withNewConfigMap()
                                .withName(HostedObjects.name(sandbox))
                                .withDefaultMode(FOR_ALL)
                                .endConfigMap()
                                .build(),
                        disk(settings))
                .build();
    }

    /**
     * What the container writes beside its volume, which whoever runs pods in the sandbox may by hostPath, counts with what an
     * emptyDir holds (Kubernetes, "Local ephemeral storage").
     */
    private static Container container(HostedSettings settings) {
        Quantity disk = settings.storageClassName().isPresent()
                ? BESIDE_VOLUME
                : new Quantity(settings.storageSize()).add(BESIDE_VOLUME);
        return new ContainerBuilder()
                .withName(CONTAINER)
                .withImage(settings.image())
                .withImagePullPolicy("IfNotPresent")
                .withCommand("/bin/sh", START_DIR + "/" + HostedConfigMap.SCRIPT)
                .withEnv(
                        new EnvVarBuilder()
                                .withName("POD_NAME")
                                .withNewValueFrom()
                                .withNewFieldRef()
                                .withApiVersion("v1")
                                .withFieldPath("metadata.name")
                                .endFieldRef()
                                .endValueFrom()
                                .build(),
                        limit("CPU_LIMIT", "limits.cpu", "1m"),
                        limit("MEMORY_LIMIT", "limits.memory", "1Mi"))
                .withNewResources()
                .withRequests(with(settings.resources().requests(), BESIDE_REQUESTED))
                .withLimits(with(settings.resources().limits(), disk))
                .endResources()
                .withNewSecurityContext()
                .withPrivileged(true)
                .withRunAsUser(0L)
                .endSecurityContext()
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .withVolumeMounts(
                        mount(JOIN, JOIN_DIR, null, true),
                        mount(START, START_DIR, null, true),
                        mount(NODE, "/var/lib/rancher/k3s", "k3s", null),
                        mount(NODE, "/var/lib/kubelet", "kubelet", null),
                        mount(NODE, "/var/log", "log", null))
                .build();
    }

    /** Unless the spec says otherwise. */
    private static Map<String, Quantity> with(Map<String, Quantity> resources, Quantity disk) {
        Map<String, Quantity> all = new TreeMap<>(Map.of("ephemeral-storage", disk));
        all.putAll(Optional.ofNullable(resources).orElse(Map.of()));
        return all;
    }

    /** What the container may use; without a limit, what its node has to give. */
    private static EnvVar limit(String name, String resource, String divisor) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewResourceFieldRef()
                .withContainerName(CONTAINER)
                .withResource(resource)
                .withDivisor(new Quantity(divisor))
                .endResourceFieldRef()
                .endValueFrom()
                .build();
    }

    private static VolumeMount mount(String volume, String path, String subPath, Boolean readOnly) {
        return new VolumeMount(path, null, volume, readOnly, null, subPath, null);
    }

    private static Volume disk(HostedSettings settings) {
        Quantity size = new Quantity(settings.storageSize());
        VolumeBuilder volume = new VolumeBuilder().withName(NODE);
        return settings.storageClassName()
                .map(of -> volume.withNewEphemeral()
                        .withNewVolumeClaimTemplate()
                        .withNewSpec()
                        .withAccessModes(List.of("ReadWriteOnce"))
                        .withStorageClassName(of)
                        .withNewResources()
                        .withRequests(Map.of("storage", size))
                        .endResources()
                        .endSpec()
                        .endVolumeClaimTemplate()
                        .endEphemeral()
                        .build())
                .orElseGet(() -> volume.withNewEmptyDir()
                        .withSizeLimit(size)
                        .endEmptyDir()
                        .build());
    }
}
