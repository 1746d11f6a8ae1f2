package dev.sandboxcluster.api.v1alpha1;

/** The labels that the operator writes and others may select by. */
public final class Labels {

    /** On every object of a sandbox in the host cluster: the name of its SandboxCluster. */
    public static final String NAME = SandboxCluster.GROUP + "/name";

    /**
     * On the pod that tries an image before a control plane is started with it: the name of its SandboxCluster. It has no
     * {@link #NAME}: the sandbox's Service would route to it.
     */
    public static final String IMAGE_TRIAL = SandboxCluster.GROUP + "/image-trial";

    /** On the pod that installs a Helm chart in a sandbox: the name of its SandboxCluster. It has no {@link #NAME}, either. */
    public static final String CHART = SandboxCluster.GROUP + "/chart";

    /** On a pod that is a node of a sandbox: the name of its SandboxCluster. It has no {@link #NAME}, either. */
    public static final String HOSTED_WORKERS = SandboxCluster.GROUP + "/hosted-workers";

    /**
     * On a Service of the host cluster by which one of a sandbox is reached, and on that in the sandbox by which its nodes
     * forward it: its name in the spec.
     */
    public static final String PUBLISHED = SandboxCluster.GROUP + "/published";

    /** On what is written for other tools to read: for which, in a word. */
    public static final String OUTPUT = SandboxCluster.GROUP + "/output";

    /** On what is written for Argo CD: the namespace of the SandboxCluster. */
    public static final String NAMESPACE = SandboxCluster.GROUP + "/namespace";

    /** By this label with the value {@code cluster} Argo CD finds Secrets that describe clusters. */
    public static final String ARGO_CD_SECRET_TYPE = "argocd.argoproj.io/secret-type";

    /** On the Secret with a kubeconfig for somebody else than the administrator: the name of that in the spec. */
    public static final String KUBECONFIG = SandboxCluster.GROUP + "/kubeconfig";

    /** On a join Secret in the host cluster, and on a join token's Secret in the sandbox: the group of machines. */
    public static final String WORKER_GROUP = SandboxCluster.GROUP + "/worker-group";

    /**
     * On a Node of a sandbox: the group that it was let into. A kubelet can neither set nor change labels of this prefix
     * (kubernetes.io/docs/reference/access-authn-authz/admission-controllers, NodeRestriction).
     */
    public static final String NODE_GROUP = "node-restriction.kubernetes.io/sandboxcluster-group";

    /** On a Node that joins with a k3s agent: proves whose token the machine has; the operator takes it off. */
    public static final String JOIN_PROOF = SandboxCluster.GROUP + "/join-proof";

    /** On a Node of a sandbox, with the value {@code true}: no machine is behind it. */
    public static final String SIMULATED = SandboxCluster.GROUP + "/simulated";

    /** On a simulated Node: hash of what the operator last made it as. */
    public static final String SIMULATED_AS = SandboxCluster.GROUP + "/simulated-as";

    /** On a Lease in a sandbox: the operator wrote it to see whether what is written is stored, and takes it away. */
    public static final String WRITE_PROBE = SandboxCluster.GROUP + "/write-probe";

    /** On every object of a sandbox in the host cluster: who writes it, {@link #OPERATOR}. */
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    /** The operator's name, by which Kubernetes knows who wrote something. */
    public static final String OPERATOR = "sandboxcluster-operator";

    /** Selects the objects that the operator has written in the host cluster, and the pods that run for it. */
    public static final String MANAGED_BY_OPERATOR = MANAGED_BY + "=" + OPERATOR;

    private Labels() {}
}
