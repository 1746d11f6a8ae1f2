package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.ControlPlane;
import dev.sandboxcluster.api.v1alpha1.EnvVar;
import dev.sandboxcluster.api.v1alpha1.Network;
import dev.sandboxcluster.api.v1alpha1.Resources;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.k3s.ServerArguments;
import dev.sandboxcluster.operator.pod.Contribution;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The pod in which k3s runs, with every default filled in; pure.
 *
 * @param image with its tag or digest
 * @param defaultImage the same, if the spec does not name it in full
 * @param runtimeClassName empty: the host cluster's default container runtime
 * @param extraArgs the user's flags of {@code k3s server}
 * @param kubernetesMinor 33 for v1.33, as image or spec say; empty: neither does
 * @param disable packaged components to leave out; empty: those that have no use
 * @param enable packaged components that run only on request
 * @param pod what else the host cluster or the user asks of the pod
 * @param podCidr the addresses of the sandbox's pods
 * @param serviceCidr the addresses of the sandbox's Services
 * @param clusterDomain the domain of the sandbox's DNS names
 * @param origin what the pod is made from, but for addresses
 * @param restart the last wish for a restart
 * @param made what the pod that is there was made from; empty: there is no StatefulSet
 */
public record ControlPlaneSettings(
        String image,
        Optional<String> defaultImage,
        Optional<String> runtimeClassName,
        Resources resources,
        List<String> extraArgs,
        Map<String, String> env,
        Optional<Integer> kubernetesMinor,
        Optional<List<String>> disable,
        List<String> enable,
        Map<String, String> nodeSelector,
        List<Toleration> tolerations,
        PodSettings pod,
        String podCidr,
        String serviceCidr,
        String clusterDomain,
        PodOrigin origin,
        Optional<String> restart,
        Optional<PodRecord> made) {

    /** A version, or the tag of an image: v1.33.5-k3s1. */
    private static final Pattern RELEASE = Pattern.compile("(?:^|:)v1\\.([0-9]{1,3})\\.");

    private static final String SCRATCH = "tmp";
    private static final Quantity LARGEST_SCRATCH = new Quantity("256Mi");

    /**
     * What the spec says, with the defaults.
     *
     * @param restart the wish for a restart that the SandboxCluster has now
     * @param made what the pod that is there was made from; empty: there is no StatefulSet
     */
    public static ControlPlaneSettings of(
            SandboxClusterSpec spec,
            Optional<String> restart,
            SandboxClusterStatus previous,
            OperatorConfig config,
            Optional<PodRecord> made) {
        ControlPlane given = Optional.ofNullable(spec.controlPlane()).orElse(ControlPlane.EMPTY);
        Optional<Network> network = Optional.ofNullable(spec.network());
        ControlPlaneImage image = ControlPlaneImage.of(spec, previous, config, made);
        // A wish that was taken back is no other wish.
        Optional<String> wish = restart.or(() -> made.flatMap(PodRecord::restart));
        return new ControlPlaneSettings(
                image.reference(),
                Optional.of(image.reference()).filter(reference -> image.chosen()),
                Optional.of(Optional.ofNullable(given.runtimeClassName()).orElse(ControlPlane.DEFAULT_RUNTIME_CLASS))
                        .filter(runtimeClass -> !runtimeClass.isEmpty()),
                Optional.ofNullable(given.resources()).orElse(Resources.DEFAULT),
                orEmpty(given.extraArgs()),
                env(Optional.ofNullable(given.resources()).orElse(Resources.DEFAULT), orEmpty(given.env())),
                minor(image.reference())
                        .or(() -> Optional.ofNullable(spec.version()).flatMap(ControlPlaneSettings::minor)),
                Optional.ofNullable(given.disable()),
                orEmpty(given.enable()),
                Optional.ofNullable(given.nodeSelector()).orElse(Map.of()),
                orEmpty(given.tolerations()),
                PodSettings.of(given),
                network.map(Network::podCIDR).orElse(Network.DEFAULT_POD_CIDR),
                network.map(Network::serviceCIDR).orElse(Network.DEFAULT_SERVICE_CIDR),
                network.map(Network::clusterDomain).orElse(Network.DEFAULT_CLUSTER_DOMAIN),
                PodOrigin.of(spec, wish).renewing(made.map(PodRecord::origin).map(PodOrigin::renewedBefore)),
                wish,
                made);
    }

    /** The flags, variables and files that are no other capability's. */
    public Contribution contribution() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("HOME", K3s.DATA_DIR);
        variables.putAll(env);
        return Contribution.ofVolume(
                        new VolumeBuilder()
                                .withName(SCRATCH)
                                .withNewEmptyDir()
                                .withSizeLimit(LARGEST_SCRATCH)
                                .endEmptyDir()
                                .build(),
                        "/tmp",
                        null)
                .withEnv(variables)
                .withArguments(Stream.of(
                                ServerArguments.common(),
                                ServerArguments.network(podCidr, serviceCidr, clusterDomain),
                                ServerArguments.featureGates(kubernetesMinor),
                                ServerArguments.disable(disable, enable))
                        .flatMap(List::stream)
                        .toList());
    }

    /**
     * The same, where the control plane is to be started anew before its certificates end.
     *
     * @param due when they do; empty: not yet
     */
    public ControlPlaneSettings renewing(Optional<Instant> due) {
        return due.isEmpty()
                ? this
                : new ControlPlaneSettings(
                        image,
                        defaultImage,
                        runtimeClassName,
                        resources,
                        extraArgs,
                        env,
                        kubernetesMinor,
                        disable,
                        enable,
                        nodeSelector,
                        tolerations,
                        pod,
                        podCidr,
                        serviceCidr,
                        clusterDomain,
                        origin.renewing(due.map(Instant::toString)),
                        restart,
                        made);
    }

    /** The user's own files. */
    public Contribution files() {
        return pod.contribution();
    }

    private static Optional<Integer> minor(String imageOrVersion) {
        return Optional.of(RELEASE.matcher(imageOrVersion))
                .filter(Matcher::find)
                .map(release -> Integer.valueOf(release.group(1)));
    }

    private static Map<String, String> env(Resources resources, List<EnvVar> given) {
        Map<String, String> env = new LinkedHashMap<>(
                GoRuntime.variables(Optional.ofNullable(resources.limits()).orElse(Map.of())));
        given.forEach(variable -> env.put(variable.name(), variable.value()));
        return env;
    }

    private static <T> List<T> orEmpty(List<T> list) {
        return Optional.ofNullable(list).orElse(List.of());
    }
}
