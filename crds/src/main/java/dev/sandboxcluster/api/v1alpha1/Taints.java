package dev.sandboxcluster.api.v1alpha1;

/** The taints by which users ask for something in a sandbox. */
public final class Taints {

    /**
     * On a Node: with the value {@code force} it is removed even if pods are left in the end, with any other once they
     * are gone. Only who may write a Node's spec can set it: kubelets may not change taints
     * (kubernetes.io/docs/reference/access-authn-authz/admission-controllers, NodeRestriction), and what every k3s agent
     * has, the right to patch {@code nodes/status}, covers labels and annotations, but no spec.
     */
    public static final String REMOVE = SandboxCluster.GROUP + "/remove";

    private Taints() {}
}
