package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.k3s.ServerArguments;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.pod.Contribution;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.LifecycleBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The StatefulSet with the control plane's only pod, which passes the <em>restricted</em> Pod Security profile. It is put
 * together from what the capabilities contribute.
 */
public final class ControlPlaneStatefulSet {

    private ControlPlaneStatefulSet() {}

    /** The StatefulSet; pure. */
    public static StatefulSet desired(Identity sandbox, ControlPlaneSettings settings, Contribution parts) {
        return new StatefulSetBuilder()
                .withMetadata(sandbox.metadata(sandbox.name()))
                .withNewSpec()
                .withReplicas(1)
                .withRevisionHistoryLimit(1)
                .withServiceName(sandbox.name())
                // With OrderedReady, a pod that never gets ready could not be replaced by a mended one.
                .withPodManagementPolicy("Parallel")
                .withNewSelector()
                .withMatchLabels(sandbox.podSelector())
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels(sandbox, settings.pod()))
                .withAnnotations(annotations(settings))
                .endMetadata()
                .withSpec(podSpec(settings, parts))
                .endTemplate()
                .endSpec()
                .build();
    }

    /** The operator's own come last: NetworkPolicy and Service select by them. */
    private static Map<String, String> labels(Identity sandbox, PodSettings pod) {
        Map<String, String> labels = new TreeMap<>(pod.labels());
        labels.putAll(sandbox.podLabels());
        return labels;
    }

    private static Map<String, String> annotations(ControlPlaneSettings settings) {
        Map<String, String> annotations = new TreeMap<>(settings.pod().annotations());
        settings.restart().ifPresent(wish -> annotations.put(Annotations.RESTART, wish));
        Optional.ofNullable(settings.origin().renewedBefore())
                .ifPresent(end -> annotations.put(Annotations.RENEWED_BEFORE, end));
        return annotations;
    }

    /** What is applied of one that is there, as it is; pure. */
    static StatefulSet bare(StatefulSet present) {
        return new StatefulSetBuilder()
                .withNewMetadata()
                .withName(present.getMetadata().getName())
                .withNamespace(present.getMetadata().getNamespace())
                .withLabels(present.getMetadata().getLabels())
                .withOwnerReferences(present.getMetadata().getOwnerReferences())
                .endMetadata()
                .withSpec(present.getSpec())
                .build();
    }

    private static PodSpec podSpec(ControlPlaneSettings settings, Contribution parts) {
        return new PodSpecBuilder()
                .withRuntimeClassName(settings.runtimeClassName().orElse(null))
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                // As a container's first process k3s runs the server as its child, which takes memory and time.
                .withShareProcessNamespace(true)
                .withTerminationGracePeriodSeconds(10L)
                .withNodeSelector(settings.nodeSelector())
                .withTolerations(settings.tolerations())
                .withAffinity(settings.pod().affinity().orElse(null))
                .withTopologySpreadConstraints(settings.pod().topologySpreadConstraints())
                .withPriorityClassName(settings.pod().priorityClassName().orElse(null))
                .withImagePullSecrets(settings.pod().imagePullSecrets())
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withFsGroup(settings.pod().fsGroup())
                .withFsGroupChangePolicy("OnRootMismatch")
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withContainers(Stream.concat(
                                Stream.of(container(settings, parts)),
                                parts.containers().stream().map(other -> beside(settings.pod(), other)))
                        .toList())
                .withVolumes(parts.volumes())
                .build();
    }

    private static Container container(ControlPlaneSettings settings, Contribution parts) {
        boolean stoppable = !parts.wake().isEmpty();
        return new ContainerBuilder()
                .withName(K3s.CONTAINER)
                .withImage(settings.image())
                .withImagePullPolicy("IfNotPresent")
                .withCommand("/bin/sh", "-c", start(parts), "k3s")
                .withArgs(ServerArguments.commandLine(parts.arguments(), settings.extraArgs()))
                .withEnv(env(parts.env(), parts.podFields()))
                .addNewPort()
                .withName("https")
                .withProtocol("TCP")
                .withContainerPort(K3s.API_PORT)
                .endPort()
                .withNewResources()
                .withRequests(settings.resources().requests())
                .withLimits(settings.resources().limits())
                .endResources()
                .withSecurityContext(powerless(settings.pod()))
                .withStartupProbe(stoppable ? probe("/readyz", 1, 300) : probe("/livez", 2, 150))
                .withReadinessProbe(stoppable ? null : probe("/readyz", 5, 3))
                .withLivenessProbe(stoppable ? null : probe("/livez", 10, 6))
                .withLifecycle(stoppable ? atItsEnd(parts.wake()) : null)
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .withVolumeMounts(parts.mounts())
                .build();
    }

    private static Container beside(PodSettings pod, Container other) {
        return new ContainerBuilder(other)
                .withImagePullPolicy("IfNotPresent")
                .withSecurityContext(powerless(pod))
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .build();
    }

    private static SecurityContext powerless(PodSettings pod) {
        return new SecurityContextBuilder()
                .withRunAsUser(pod.user())
                .withRunAsGroup(pod.group())
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .build();
    }

    private static String start(Contribution parts) {
        return String.join(
                " && ",
                Stream.concat(parts.preparation().stream(), Stream.of("exec k3s \"$@\""))
                        .toList());
    }

    private static List<EnvVar> env(Map<String, String> variables, Map<String, String> podFields) {
        return Stream.concat(
                        variables.entrySet().stream()
                                .filter(variable -> !podFields.containsKey(variable.getKey()))
                                .map(variable -> new EnvVarBuilder()
                                        .withName(variable.getKey())
                                        .withValue(variable.getValue())
                                        .build()),
                        podFields.entrySet().stream().map(ControlPlaneStatefulSet::podField))
                .toList();
    }

    private static EnvVar podField(Map.Entry<String, String> field) {
        return new EnvVarBuilder()
                .withName(field.getKey())
                .withNewValueFrom()
                .withNewFieldRef()
                .withApiVersion("v1")
                .withFieldPath(field.getValue())
                .endFieldRef()
                .endValueFrom()
                .build();
    }

    /** What is stopped does not hear that it is to end. */
    private static Lifecycle atItsEnd(List<String> command) {
        return new LifecycleBuilder()
                .withNewPreStop()
                .withNewExec()
                .withCommand(command)
                .endExec()
                .endPreStop()
                .build();
    }

    private static Probe probe(String path, int periodSeconds, int failureThreshold) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withScheme("HTTPS")
                .withPath(path)
                .withNewPort(K3s.API_PORT)
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(5)
                .withFailureThreshold(failureThreshold)
                .build();
    }
}
