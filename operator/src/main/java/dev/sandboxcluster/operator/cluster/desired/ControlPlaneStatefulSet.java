package dev.sandboxcluster.operator.cluster.desired;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.k3s.ServerArguments;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The StatefulSet with the control plane's only pod, which passes the <em>restricted</em> Pod Security profile. */
public final class ControlPlaneStatefulSet {

    /** The name of the container that runs k3s. */
    public static final String CONTAINER = "k3s";

    private static final long USER = 65532;

    /**
     * k3s makes directories beside the files it is given, so they are copied from the read-only Secret; {@code -f},
     * since a copy from an earlier start has the Secret's mode, which forbids writing.
     */
    private static final String START =
            "mkdir -p %1$s && cp -rLf %2$s/tls/* %1$s/ && exec k3s \"$@\"".formatted(K3s.TLS_DIR, K3s.PKI_DIR);

    /**
     * On a volume that outlives the pod, without the certificate of the last start: it is valid for the address of the
     * pod of then, and k3s only ever adds to it. The other copy, in the cluster itself, is the prober's to remove.
     */
    private static final String START_ON_VOLUME = "rm -f " + K3s.SERVING_CERTIFICATE + " && " + START;

    private ControlPlaneStatefulSet() {}

    /**
     * The StatefulSet; pure.
     *
     * @param addresses the Service's
     */
    public static StatefulSet desired(Blueprint blueprint, ServiceAddresses addresses) {
        return new StatefulSetBuilder()
                .withMetadata(Labels.metadata(blueprint, blueprint.name()))
                .withNewSpec()
                .withReplicas(1)
                .withRevisionHistoryLimit(1)
                .withServiceName(blueprint.name())
                // With OrderedReady, a pod that never gets ready could not be replaced by a mended one.
                .withPodManagementPolicy("Parallel")
                .withNewSelector()
                .withMatchLabels(Labels.podSelector(blueprint))
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(Labels.of(blueprint))
                .endMetadata()
                .withSpec(podSpec(blueprint, addresses))
                .endTemplate()
                .endSpec()
                .build();
    }

    private static PodSpec podSpec(Blueprint blueprint, ServiceAddresses addresses) {
        return new PodSpecBuilder()
                .withRuntimeClassName(blueprint.runtimeClassName().orElse(null))
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withTerminationGracePeriodSeconds(10L)
                .withNodeSelector(blueprint.nodeSelector())
                .withTolerations(blueprint.tolerations())
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withFsGroup(USER)
                .withFsGroupChangePolicy("OnRootMismatch")
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withContainers(container(blueprint, addresses))
                .withVolumes(volumes(blueprint))
                .build();
    }

    private static Container container(Blueprint blueprint, ServiceAddresses addresses) {
        return new ContainerBuilder()
                .withName(CONTAINER)
                .withImage(blueprint.image())
                .withImagePullPolicy("IfNotPresent")
                .withCommand("/bin/sh", "-c", blueprint.volume().isPresent() ? START_ON_VOLUME : START, "k3s")
                .withArgs(arguments(blueprint, addresses).toList())
                .withEnv(env(blueprint.env()))
                .addNewPort()
                .withName("https")
                .withProtocol("TCP")
                .withContainerPort(K3s.API_PORT)
                .endPort()
                .withNewResources()
                .withRequests(blueprint.resources().requests())
                .withLimits(blueprint.resources().limits())
                .endResources()
                .withNewSecurityContext()
                .withRunAsUser(USER)
                .withRunAsGroup(USER)
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .withStartupProbe(probe("/livez", 2, 150))
                .withReadinessProbe(probe("/readyz", 5, 3))
                .withLivenessProbe(probe("/livez", 10, 6))
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .withVolumeMounts(
                        mount("data", K3s.DATA_DIR, null),
                        mount("tmp", "/tmp", null),
                        mount("pki", K3s.PKI_DIR, true),
                        mount("config", K3s.CONFIG_DIR, true))
                .build();
    }

    private static ServerArguments arguments(Blueprint blueprint, ServiceAddresses addresses) {
        return new ServerArguments(
                Stream.concat(blueprint.tlsSans().stream(), Endpoint.workerAddress(blueprint, addresses).stream())
                        .distinct()
                        .toList(),
                blueprint.disable(),
                blueprint.podCidr(),
                blueprint.serviceCidr(),
                addresses.clusterIp().filter(address -> blueprint.volume().isPresent()),
                blueprint.flannelBackend().flag(),
                blueprint
                        .workers()
                        .map(workers -> workers.bootstrap() == Bootstrap.K3sAgent
                                ? ServerArguments.Workers.AGENTS
                                : ServerArguments.Workers.KUBELETS)
                        .orElse(ServerArguments.Workers.NONE),
                blueprint.extraArgs());
    }

    private static List<EnvVar> env(Map<String, String> variables) {
        return Stream.concat(Stream.of(Map.entry("HOME", K3s.DATA_DIR)), variables.entrySet().stream())
                .map(variable -> new EnvVarBuilder()
                        .withName(variable.getKey())
                        .withValue(variable.getValue())
                        .build())
                .toList();
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

    private static VolumeMount mount(String name, String path, Boolean readOnly) {
        return new VolumeMountBuilder()
                .withName(name)
                .withMountPath(path)
                .withReadOnly(readOnly)
                .build();
    }

    private static List<Volume> volumes(Blueprint blueprint) {
        return List.of(
                blueprint
                        .volume()
                        .map(volume -> claimed("data", blueprint.volumeClaimName()))
                        .orElseGet(() -> emptyDir("data", "2Gi")),
                emptyDir("tmp", "256Mi"),
                new VolumeBuilder()
                        .withName("pki")
                        .withNewSecret()
                        .withSecretName(blueprint.pkiSecretName())
                        .withDefaultMode(0440)
                        .withItems(pkiFiles())
                        .endSecret()
                        .build(),
                new VolumeBuilder()
                        .withName("config")
                        .withNewConfigMap()
                        .withName(blueprint.configMapName())
                        .withDefaultMode(0444)
                        .endConfigMap()
                        .build());
    }

    private static List<KeyToPath> pkiFiles() {
        return Stream.concat(
                        Stream.of(new KeyToPath("token", null, "token")),
                        ClusterPki.pathsBelowTls().entrySet().stream()
                                .map(file -> new KeyToPath(file.getKey(), null, "tls/" + file.getValue())))
                .toList();
    }

    private static Volume claimed(String name, String claim) {
        return new VolumeBuilder()
                .withName(name)
                .withNewPersistentVolumeClaim()
                .withClaimName(claim)
                .endPersistentVolumeClaim()
                .build();
    }

    private static Volume emptyDir(String name, String sizeLimit) {
        return new VolumeBuilder()
                .withName(name)
                .withNewEmptyDir()
                .withSizeLimit(new Quantity(sizeLimit))
                .endEmptyDir()
                .build();
    }
}
