package dev.sandboxcluster.operator.k3s;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The command line of a control-plane-only k3s, {@code k3s server …}: every flag that the operator sets, grouped by what
 * it is about, and their order.
 */
public final class ServerArguments {

    /**
     * The order of the flags. It means nothing to k3s, but another order would be another pod. What is not named here
     * comes last.
     */
    private static final List<String> ORDER = List.of("""
            server --disable-agent --rootless --data-dir= --token-file= --write-kubeconfig= --https-listen-port=
            --node-name= --cluster-cidr= --service-cidr= --cluster-dns= --node-ip= --tls-san= --disable=
            --disable-cloud-controller --disable-network-policy --flannel-backend= --egress-selector-mode=
            --kube-apiserver-arg=authentication-config= --kube-apiserver-arg=feature-gates=
            --kube-controller-manager-arg=use-service-account-credentials= --kube-controller-manager-arg=kubeconfig=
            --disable-helm-controller --kube-apiserver-arg=endpoint-reconciler-type=
            """.split("\\s+"));

    private ServerArguments() {}

    /**
     * What every sandbox has. Left out are only parts that have nothing to do: the cloud and network policy controllers.
     * API priority and fairness and CoreDNS's manifest stay as k3s has them. The controllers share the admin credentials
     * instead of one each, which takes a third off the CPU time of a start.
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
                "--kube-apiserver-arg=feature-gates=APIServerIdentity=false",
                "--kube-controller-manager-arg=use-service-account-credentials=false",
                "--kube-controller-manager-arg=kubeconfig=" + K3s.ADMIN_KUBECONFIG);
    }

    /** The token by which the server knows its like, from the mounted keys. */
    public static List<String> token() {
        return List.of("--token-file=" + K3s.PKI_DIR + "/token");
    }

    /** The addresses of pods, of Services, and of the DNS server among them. */
    public static List<String> network(String clusterCidr, String serviceCidr) {
        return List.of(
                "--cluster-cidr=" + clusterCidr,
                "--service-cidr=" + serviceCidr,
                "--cluster-dns=" + K3s.clusterDns(serviceCidr));
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

    /** Packaged components to leave out. */
    public static List<String> disable(List<String> components) {
        return components.stream().map(component -> "--disable=" + component).toList();
    }

    /**
     * What depends on who may join. Without workers, the HelmChart controller has nothing to run its Jobs on. With workers
     * the operator, not the API server, writes the endpoint {@code default/kubernetes}: agents learn the server's address
     * from it, and the API server knows no other than its pod's.
     *
     * @param flannelBackend how pods of different agents reach each other
     */
    public static List<String> workers(WorkerKind kind, String flannelBackend) {
        return List.of(
                "--flannel-backend=" + flannelBackend,
                "--egress-selector-mode=" + (kind == WorkerKind.AGENTS ? "cluster" : "disabled"),
                kind == WorkerKind.NONE
                        ? "--disable-helm-controller"
                        : "--kube-apiserver-arg=endpoint-reconciler-type=none");
    }

    /**
     * One command line, whatever order the flags were given in.
     *
     * @param extra the user's flags, last, so that k3s's rule "the last one counts" favours them
     */
    public static List<String> commandLine(List<String> flags, List<String> extra) {
        return Stream.concat(
                        flags.stream().distinct().sorted(Comparator.comparingInt(ServerArguments::rank)),
                        extra.stream())
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
