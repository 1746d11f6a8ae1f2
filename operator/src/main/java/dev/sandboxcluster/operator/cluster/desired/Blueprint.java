package dev.sandboxcluster.operator.cluster.desired;

import dev.sandboxcluster.api.v1alpha1.ControlPlane;
import dev.sandboxcluster.api.v1alpha1.EnvVar;
import dev.sandboxcluster.api.v1alpha1.Expose;
import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.Kubeconfig;
import dev.sandboxcluster.api.v1alpha1.LoadBalancer;
import dev.sandboxcluster.api.v1alpha1.Network;
import dev.sandboxcluster.api.v1alpha1.Network.FlannelBackend;
import dev.sandboxcluster.api.v1alpha1.NodePort;
import dev.sandboxcluster.api.v1alpha1.Resources;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.api.v1alpha1.Storage;
import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.workers.join.JoinParameters;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A SandboxCluster with every default filled in: what the builders of this package build from.
 *
 * @param defaultImage the image, if the spec leaves the choice to the operator
 * @param runtimeClassName empty: the host cluster's default container runtime
 * @param volume where the objects are kept; empty: in the pod
 * @param nodePort empty unless the user asked for a fixed one
 * @param hostName the name or address under which the user reaches the nodes, if he said so
 * @param workers how machines may join; empty: not at all
 * @param revocation changes when all join tokens are to be withdrawn
 */
public record Blueprint(
        String name,
        String namespace,
        String uid,
        String image,
        Optional<String> defaultImage,
        Optional<String> runtimeClassName,
        Resources resources,
        List<String> extraArgs,
        Map<String, String> env,
        List<String> disable,
        Map<String, String> nodeSelector,
        List<Toleration> tolerations,
        Optional<Volume> volume,
        String podCidr,
        String serviceCidr,
        Expose.Type exposeType,
        Optional<Integer> nodePort,
        Optional<String> hostName,
        Optional<String> loadBalancerClass,
        Map<String, String> loadBalancerAnnotations,
        FlannelBackend flannelBackend,
        Optional<WorkerSettings> workers,
        Optional<String> revocation,
        String kubeconfigSecretName,
        String contextName,
        List<String> tlsSans) {

    /**
     * The volume of a Persistent cluster.
     *
     * @param storageClassName empty: the host cluster's default class
     * @param retained whether it outlives the SandboxCluster
     */
    public record Volume(String size, Optional<String> storageClassName, boolean retained) {

        private static final String DEFAULT_SIZE = "2Gi";

        static Optional<Volume> of(Storage storage) {
            return Optional.ofNullable(storage)
                    .filter(wanted -> wanted.type() == Storage.Type.Persistent)
                    .map(wanted -> new Volume(
                            Optional.ofNullable(wanted.size()).orElse(DEFAULT_SIZE),
                            Optional.ofNullable(wanted.storageClassName()),
                            wanted.retentionPolicy() == Storage.RetentionPolicy.Retain));
        }
    }

    /** The RuntimeClass of sandboxes that name none. */
    public static final String DEFAULT_RUNTIME_CLASS = "gvisor";

    private static final Resources DEFAULT_RESOURCES = new Resources(
            Map.of("cpu", new Quantity("100m"), "memory", new Quantity("256Mi")),
            Map.of("memory", new Quantity("1Gi")));

    /**
     * Measured in gVisor: the idle control plane stays below 230 MiB. Without the limit the heap settles 60 MiB higher;
     * a lower GOGC alone does not hold it. Asynchronous preemption signals are costly in gVisor.
     */
    private static final Map<String, String> DEFAULT_ENV =
            Map.of("GODEBUG", "asyncpreemptoff=1", "GOGC", "50", "GOMEMLIMIT", "180MiB");

    /** Fills in the defaults; pure. */
    public static Blueprint of(SandboxCluster cluster, OperatorConfig config) {
        String name = cluster.getMetadata().getName();
        String namespace = cluster.getMetadata().getNamespace();
        SandboxClusterSpec spec = Optional.ofNullable(cluster.getSpec()).orElse(SandboxClusterSpec.EMPTY);
        ControlPlane controlPlane = Optional.ofNullable(spec.controlPlane()).orElse(ControlPlane.EMPTY);
        Optional<Network> network = Optional.ofNullable(spec.network());
        Optional<Expose> expose = Optional.ofNullable(spec.expose());
        Optional<LoadBalancer> loadBalancer = expose.map(Expose::loadBalancer);
        Optional<WorkerSettings> workers = WorkerSettings.of(spec);
        Optional<NodePort> nodePort = expose.map(Expose::nodePort);
        Optional<Kubeconfig> kubeconfig = Optional.ofNullable(spec.kubeconfig());
        Optional<String> hostName = nodePort.map(NodePort::hostName);
        Optional<String> namedImage = namedImage(spec, controlPlane, config);
        // A cluster that left the choice to the operator keeps what it started with: an upgrade of the operator
        // must not replace its pod.
        Optional<String> defaultImage = namedImage.isPresent()
                ? Optional.empty()
                : Optional.of(Optional.ofNullable(cluster.getStatus())
                        .map(SandboxClusterStatus::defaultImage)
                        .orElse(config.controlPlaneImageRepository() + ":" + config.controlPlaneVersion()));
        return new Blueprint(
                name,
                namespace,
                cluster.getMetadata().getUid(),
                namedImage.or(() -> defaultImage).orElseThrow(),
                defaultImage,
                Optional.of(Optional.ofNullable(controlPlane.runtimeClassName()).orElse(DEFAULT_RUNTIME_CLASS))
                        .filter(runtimeClass -> !runtimeClass.isEmpty()),
                Optional.ofNullable(controlPlane.resources()).orElse(DEFAULT_RESOURCES),
                orEmpty(controlPlane.extraArgs()),
                env(orEmpty(controlPlane.env())),
                Optional.ofNullable(controlPlane.disable()).orElseGet(() -> disabledByDefault(workers)),
                Optional.ofNullable(controlPlane.nodeSelector()).orElse(Map.of()),
                orEmpty(controlPlane.tolerations()),
                Volume.of(spec.storage()),
                network.map(Network::podCIDR).orElse(Network.DEFAULT_POD_CIDR),
                network.map(Network::serviceCIDR).orElse(Network.DEFAULT_SERVICE_CIDR),
                expose.map(Expose::type).orElse(Expose.Type.ClusterIP),
                nodePort.map(NodePort::port),
                hostName,
                loadBalancer.map(LoadBalancer::loadBalancerClass),
                loadBalancer.map(LoadBalancer::annotations).orElse(Map.of()),
                flannelBackend(workers, network),
                workers,
                Optional.ofNullable(cluster.getMetadata().getAnnotations())
                        .map(annotations -> annotations.get(JoinSecret.REVOKE)),
                kubeconfig.map(Kubeconfig::secretName).orElse(name + "-kubeconfig"),
                kubeconfig.map(Kubeconfig::contextName).orElse(name),
                Stream.of(serviceNames(name, namespace).stream(), hostName.stream(), orEmpty(spec.tlsSANs()).stream())
                        .flatMap(names -> names)
                        .distinct()
                        .toList());
    }

    /** The Service's name, as pods of the host cluster in every namespace resolve it. */
    public String serviceHost() {
        return name + "." + namespace + ".svc";
    }

    /** The Secret with the cluster's CAs, keys and token. */
    public String pkiSecretName() {
        return name + "-pki";
    }

    /** The claim of the volume of a Persistent cluster. */
    public String volumeClaimName() {
        return name + "-data";
    }

    /** Whether what the cluster is made of outlives its SandboxCluster. */
    public boolean retained() {
        return volume.filter(Volume::retained).isPresent();
    }

    /** The Secret with what a machine needs to join a group. */
    public String joinSecretName(String group) {
        return JoinParameters.secretName(name, group);
    }

    /** The ConfigMap with the files that k3s reads besides its command line. */
    public String configMapName() {
        return name + "-config";
    }

    private static List<String> serviceNames(String name, String namespace) {
        String inNamespace = name + "." + namespace;
        return List.of(name, inNamespace, inNamespace + ".svc", inNamespace + ".svc.cluster.local");
    }

    /** The API server reaches a metrics server only through the tunnels of k3s agents. */
    private static List<String> disabledByDefault(Optional<WorkerSettings> workers) {
        return workers.filter(settings -> settings.bootstrap() == Bootstrap.K3sAgent)
                .map(settings -> K3s.DISABLED_WITH_AGENTS)
                .orElse(K3s.DISABLED_BY_DEFAULT);
    }

    private static FlannelBackend flannelBackend(Optional<WorkerSettings> workers, Optional<Network> network) {
        return workers.filter(settings -> settings.bootstrap() == Bootstrap.K3sAgent)
                .map(settings -> network.map(Network::flannelBackend).orElse(FlannelBackend.VXLAN))
                .orElse(FlannelBackend.NONE);
    }

    private static Optional<String> namedImage(
            SandboxClusterSpec spec, ControlPlane controlPlane, OperatorConfig config) {
        Optional<String> version = Optional.ofNullable(spec.version());
        return Optional.ofNullable(controlPlane.image())
                .map(image ->
                        hasTagOrDigest(image) ? image : image + ":" + version.orElse(config.controlPlaneVersion()))
                .or(() -> version.map(tag -> config.controlPlaneImageRepository() + ":" + tag));
    }

    private static boolean hasTagOrDigest(String image) {
        return image.contains("@") || image.lastIndexOf(':') > image.lastIndexOf('/');
    }

    private static Map<String, String> env(List<EnvVar> given) {
        Map<String, String> env = new LinkedHashMap<>();
        DEFAULT_ENV.keySet().stream().sorted().forEach(name -> env.put(name, DEFAULT_ENV.get(name)));
        given.forEach(variable -> env.put(variable.name(), variable.value()));
        return env;
    }

    private static <T> List<T> orEmpty(List<T> list) {
        return Optional.ofNullable(list).orElse(List.of());
    }
}
