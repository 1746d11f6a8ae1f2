package dev.sandboxcluster.operator.k3s;

import dev.sandboxcluster.api.v1alpha1.Network;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The command line of a control-plane-only k3s, {@code k3s server …}: every flag that the operator sets, grouped by what
 * it is about, and their order.
 */
public final class ServerArguments {

    /** The provisioner of claims that the controller manager follows by itself where {@link #volumesOfNoNode} lets it. */
    public static final String HOST_PATH_PROVISIONER = "kubernetes.io/host-path";

    /**
     * The order of the flags. It means nothing to k3s, but another order would be another pod. What is not named here
     * comes last.
     */
    private static final List<String> ORDER = List.of("""
            server --disable-agent --rootless --data-dir= --datastore-endpoint= --token-file= --write-kubeconfig= --https-listen-port=
            --supervisor-port= --apiserver-port= --apiserver-bind-address=
            --node-name= --cluster-cidr= --service-cidr= --cluster-dns= --cluster-domain= --node-ip= --tls-san= --disable=
            --disable-cloud-controller --disable-network-policy --flannel-backend= --egress-selector-mode=
            --kube-apiserver-arg=authentication-config= --kube-apiserver-arg=service-account-jwks-uri=
            --kube-apiserver-arg=feature-gates= --kube-apiserver-arg=disable-admission-plugins=
            --kube-controller-manager-arg=use-service-account-credentials= --kube-controller-manager-arg=kubeconfig=
            --kube-controller-manager-arg=node-monitor-grace-period= --kube-controller-manager-arg=controllers=
            --kube-controller-manager-arg=allocate-node-cidrs= --kube-controller-manager-arg=kube-api-qps=
            --kube-controller-manager-arg=kube-api-burst= --kube-controller-manager-arg=enable-hostpath-provisioner=
            --kube-scheduler-arg=kube-api-qps= --kube-scheduler-arg=kube-api-burst=
            --disable-helm-controller --kube-apiserver-arg=endpoint-reconciler-type=
            """.split("\\s+"));

    /** The minor version from which ConsistentListFromCache is locked (k8s.io/apiserver, pkg/features). */
    private static final int LISTS_ALWAYS_FROM_CACHE = 34;

    private static final String ON_REQUEST = "metrics-server";

    private static final List<String> SUPERVISOR_APART = List.of(
            "--supervisor-port=" + K3s.SUPERVISOR_PORT,
            "--apiserver-port=" + K3s.API_PORT,
            "--apiserver-bind-address=0.0.0.0");

    private ServerArguments() {}

    /**
     * What every sandbox has. Left out are only parts that have nothing to do: the cloud and network policy controllers.
     * API priority and fairness and CoreDNS's manifest stay as k3s has them. The controllers share the admin credentials
     * instead of one each, which takes a third off the CPU time of a start. Without the address of the token keys, OIDC
     * discovery would name the pod's own, which changes.
     */
    public static List<String> common() {
        return List.of(
                "server",
                "--disable-agent",
                "--rootless",
                "--data-dir=" + K3s.DATA_DIR,
                "--write-kubeconfig=" + K3s.DATA_DIR + "/kubeconfig",
                "--https-listen-port=" + K3s.API_PORT,
                "--node-name=k3s",
                "--disable-cloud-controller",
                "--disable-network-policy",
                "--kube-apiserver-arg=authentication-config=" + K3s.CONFIG_DIR + "/" + K3s.AUTHENTICATION_CONFIG,
                "--kube-apiserver-arg=service-account-jwks-uri=" + K3s.TOKEN_KEYS,
                "--kube-controller-manager-arg=use-service-account-credentials=false",
                "--kube-controller-manager-arg=kubeconfig=" + K3s.ADMIN_KUBECONFIG);
    }

    /** The token by which the server knows its like, from the mounted keys. */
    public static List<String> token() {
        return List.of("--token-file=" + K3s.PKI_DIR + "/token");
    }

    /** The addresses of pods, of Services, and of the DNS server among them; the domain, if it is not k3s's default. */
    public static List<String> network(String clusterCidr, String serviceCidr, String clusterDomain) {
        List<String> flags = new ArrayList<>(List.of(
                "--cluster-cidr=" + clusterCidr,
                "--service-cidr=" + serviceCidr,
                "--cluster-dns=" + K3s.clusterDns(serviceCidr)));
        if (!clusterDomain.equals(Network.DEFAULT_CLUSTER_DOMAIN)) {
            flags.add("--cluster-domain=" + clusterDomain);
        }
        return flags;
    }

    /**
     * What the sandbox calls its own address in place of its pod's, for one that outlives its pod: otherwise its own
     * endpoint lists dead addresses for 20 seconds after a restart.
     */
    public static List<String> ownAddress(String address) {
        return List.of("--node-ip=" + address);
    }

    /** Names and addresses for the serving certificate besides those that k3s always adds. */
    public static List<String> servingNames(List<String> names) {
        return names.stream().map(name -> "--tls-san=" + name).toList();
    }

    /**
     * Packaged components to leave out.
     *
     * @param unwanted what the user says; empty: what is no use without a worker. CoreDNS's manifest is left in, as users
     *     look for it
     * @param enabled what runs only on request. The metrics server announces an API: until a pod of it answers, the API
     *     server doesn't know all kinds of objects, so that no namespace can be emptied
     */
    public static List<String> disable(Optional<List<String>> unwanted, List<String> enabled) {
        return Stream.concat(
                        unwanted.orElse(List.of("local-storage", ON_REQUEST, "servicelb", "traefik")).stream(),
                        Stream.of(ON_REQUEST))
                .distinct()
                .filter(component -> !enabled.contains(component))
                .map(component -> "--disable=" + component)
                .toList();
    }

    /**
     * The API server's feature gates, to which {@link #commandLine} adds those that the user sets.
     *
     * <p>Without ConsistentListFromCache, what is listed comes from the datastore. With it, it comes from a cache that
     * asks the datastore whether it is up to date; on k3s's datastore, lists were seen that still had what was deleted
     * before. Kubernetes 1.34 and later have it always.
     *
     * @param kubernetesMinor 33 for v1.33; empty: not known
     */
    public static List<String> featureGates(Optional<Integer> kubernetesMinor) {
        boolean settable =
                kubernetesMinor.filter(minor -> minor < LISTS_ALWAYS_FROM_CACHE).isPresent();
        return List.of(
                FeatureGates.FLAG + "APIServerIdentity=false" + (settable ? ",ConsistentListFromCache=false" : ""));
    }

    /**
     * What depends on who may join. Without workers, the HelmChart controller has nothing to run its Jobs on. With workers
     * the operator, not the API server, writes the endpoint {@code default/kubernetes}: agents learn the server's address
     * from it, and the API server knows no other than its pod's.
     *
     * <p>k3s gives certificates of any node, and some of its own, to whoever has a join token, without asking the API
     * server. Agents need that at the API's port. For all others it goes to a port of its own, and the API server takes
     * the API's port itself. That needs three flags, which {@code k3s server --help} doesn't list: without the third the
     * API server would listen on the loopback interface alone.
     *
     * @param flannelBackend how pods of different agents reach each other
     */
    public static List<String> workers(WorkerKind kind, String flannelBackend) {
        List<String> reaching = List.of(
                "--flannel-backend=" + flannelBackend,
                "--egress-selector-mode=" + (kind == WorkerKind.AGENTS ? "cluster" : "disabled"),
                kind == WorkerKind.NONE
                        ? "--disable-helm-controller"
                        : "--kube-apiserver-arg=endpoint-reconciler-type=none");
        return kind == WorkerKind.AGENTS
                ? reaching
                : Stream.concat(reaching.stream(), SUPERVISOR_APART.stream()).toList();
    }

    /**
     * Where there are no kubelets, so that nodes are many and cheap.
     *
     * <ul>
     *   <li>No node is taken for lost, in ten years.
     *   <li>None is told how long kubelets may keep Secrets, which is written anew on all of them when there are more than
     *       100, 500 and 1000.
     *   <li>None has a range of its own for pods: there are 256 in a /16, and each further node is tried again and again.
     *   <li>A new one isn't tainted before it says that it is Ready; the taint is taken off 20 nodes in a second.
     *   <li>Pods are made and scheduled 100 in a second in place of 20 and 50, if there is CPU for it.
     * </ul>
     */
    public static List<String> nodesWithoutKubelets() {
        return List.of(
                "--kube-apiserver-arg=disable-admission-plugins=TaintNodesByCondition",
                "--kube-controller-manager-arg=node-monitor-grace-period=87600h",
                "--kube-controller-manager-arg=controllers=*,tokencleaner,-ttl",
                "--kube-controller-manager-arg=allocate-node-cidrs=false",
                "--kube-controller-manager-arg=kube-api-qps=100",
                "--kube-controller-manager-arg=kube-api-burst=150",
                "--kube-scheduler-arg=kube-api-qps=100",
                "--kube-scheduler-arg=kube-api-burst=150");
    }

    /**
     * Where volumes hold nobody's data: the controller manager makes an empty directory in its own container's {@code /tmp}
     * for each claim of the provisioner {@value #HOST_PATH_PROVISIONER}, and deletes it with the claim. It has no block
     * devices (k8s.io/kubernetes, pkg/volume/hostpath).
     */
    public static List<String> volumesOfNoNode() {
        return List.of("--kube-controller-manager-arg=enable-hostpath-provisioner=true");
    }

    /**
     * Where there may be tens of thousands of objects: the database that k3s has by itself, which tells lower from upper case.
     * Otherwise it looks at the names of all objects in it for each that is read or made: SQLite has no index for a LIKE
     * that doesn't. The rest of the address is what k3s gives SQLite by itself. {@link K3s#DATABASE_DIR} must be there.
     */
    public static List<String> largeDatabase() {
        return List.of("--datastore-endpoint=sqlite://" + K3s.DATABASE_DIR
                + "/state.db?_journal=WAL&cache=shared&_busy_timeout=30000&_txlock=immediate&_cslike=true");
    }

    /**
     * Whether k3s's supervisor has a port of its own. Where it shares the API's, k3s adds the address of each of its pods to
     * the serving certificate, for ever.
     *
     * @param commandLine of any release of the operator
     */
    public static boolean supervisorApart(List<String> commandLine) {
        return commandLine.containsAll(SUPERVISOR_APART);
    }

    /**
     * One command line, whatever order the flags were given in.
     *
     * @param extra the user's flags, last, so that k3s's rule "the last one counts" favours them; of feature gates it
     *     would count for all of them together, so these become one flag
     */
    public static List<String> commandLine(List<String> flags, List<String> extra) {
        Optional<String> gates = FeatureGates.merged(Stream.concat(flags.stream(), extra.stream()));
        return Stream.concat(
                        Stream.concat(flags.stream().filter(flag -> !FeatureGates.is(flag)), gates.stream())
                                .distinct()
                                .sorted(Comparator.comparingInt(ServerArguments::rank)),
                        extra.stream().filter(flag -> !FeatureGates.is(flag)))
                .toList();
    }

    private static int rank(String flag) {
        for (int rank = 0; rank < ORDER.size(); rank++) {
            String known = ORDER.get(rank);
            if (known.endsWith("=") ? flag.startsWith(known) : flag.equals(known)) {
                return rank;
            }
        }
        return ORDER.size();
    }
}
