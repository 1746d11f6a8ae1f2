package dev.sandboxcluster.operator.k3s;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What distinguishes the command line of one control-plane-only k3s, {@code k3s server …}, from that of another.
 *
 * @param tlsSans names and addresses for the serving certificate besides those that k3s always adds
 * @param disable packaged components to leave out
 * @param clusterCidr the pods' addresses
 * @param serviceCidr the Services' addresses
 * @param address what the cluster calls its own address in place of its pod's, for a cluster that outlives its pod:
 *     otherwise its own endpoint lists dead addresses for 20 seconds after a restart
 * @param flannelBackend k3s's {@code --flannel-backend}: how pods of different agents reach each other
 * @param workers which kind of machines may join
 * @param extraArgs further flags, last, so that k3s's rule "the last one counts" favours them
 */
public record ServerArguments(
        List<String> tlsSans,
        List<String> disable,
        String clusterCidr,
        String serviceCidr,
        Optional<String> address,
        String flannelBackend,
        Workers workers,
        List<String> extraArgs) {

    /** Which machines may join. */
    public enum Workers {
        /** None. */
        NONE,
        /** k3s agents, which hold a tunnel to the server open, by which it reaches kubelets, pods and Services. */
        AGENTS,
        /** Kubelets that the server connects to. */
        KUBELETS
    }

    /**
     * The arguments behind {@code k3s}.
     *
     * <p>Left out are only parts that have nothing to do: the cloud and network policy controllers, and without workers
     * flannel, the tunnel to agents, and the HelmChart controller, which runs its work in Jobs. API priority and
     * fairness and CoreDNS's manifest stay as k3s has them. The controllers share the admin credentials instead of one
     * each, which takes a third off the CPU time of a start.
     *
     * <p>With workers the operator, not the API server, writes the endpoint {@code default/kubernetes}: agents learn the
     * server's address from it, and the API server knows no other than its pod's.
     */
    public List<String> toList() {
        List<String> arguments = new ArrayList<>(List.of(
                "server",
                "--disable-agent",
                "--rootless",
                "--data-dir=" + K3s.DATA_DIR,
                "--token-file=" + K3s.PKI_DIR + "/token",
                "--write-kubeconfig=" + K3s.DATA_DIR + "/kubeconfig",
                "--https-listen-port=" + K3s.API_PORT,
                "--node-name=k3s",
                "--cluster-cidr=" + clusterCidr,
                "--service-cidr=" + serviceCidr,
                "--cluster-dns=" + K3s.clusterDns(serviceCidr)));
        address.ifPresent(ip -> arguments.add("--node-ip=" + ip));
        tlsSans.forEach(name -> arguments.add("--tls-san=" + name));
        disable.forEach(component -> arguments.add("--disable=" + component));
        arguments.addAll(List.of(
                "--disable-cloud-controller",
                "--disable-network-policy",
                "--flannel-backend=" + flannelBackend,
                "--egress-selector-mode=" + (workers == Workers.AGENTS ? "cluster" : "disabled"),
                "--kube-apiserver-arg=authentication-config=" + K3s.CONFIG_DIR + "/" + K3s.AUTHENTICATION_CONFIG,
                "--kube-apiserver-arg=feature-gates=APIServerIdentity=false",
                "--kube-controller-manager-arg=use-service-account-credentials=false",
                "--kube-controller-manager-arg=kubeconfig=" + K3s.ADMIN_KUBECONFIG));
        arguments.add(
                workers == Workers.NONE
                        ? "--disable-helm-controller"
                        : "--kube-apiserver-arg=endpoint-reconciler-type=none");
        arguments.addAll(extraArgs);
        return List.copyOf(arguments);
    }
}
