package dev.sandboxcluster.api.v1alpha1;

/** Whether a sandbox's control plane runs. */
public enum OperatingMode {
    /** It runs. */
    Running,
    /** It has no pod; address and kubeconfig stay valid for when it runs again. */
    Suspended
}
