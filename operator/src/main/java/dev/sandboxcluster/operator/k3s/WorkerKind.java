package dev.sandboxcluster.operator.k3s;

/** Which machines may join, as far as it matters to {@code k3s server}. */
public enum WorkerKind {

    /** None. */
    NONE,

    /** k3s agents, which hold a tunnel to the server open, by which it reaches kubelets, pods and Services. */
    AGENTS,

    /** Kubelets that the server connects to; their pod network is not k3s's business. */
    KUBELETS;

    /** Whether k3s adds the address of each of its pods to the serving certificate, for ever. Else it has its names once. */
    public boolean growingCertificate() {
        return this == AGENTS;
    }

    /** The value of {@code --flannel-backend} where the spec names none, or has no say. */
    public String flannelBackend() {
        return this == AGENTS ? "vxlan" : "none";
    }
}
