package dev.sandboxcluster.api.v1alpha1;

import java.util.List;

/** The types of a SandboxCluster's conditions, in the order in which a status has them. */
public enum ConditionType {
    /** The sum of the others: the sandbox can be used. */
    Ready,
    /** The class allows what the spec says; reported only where there is a class, or should be one. */
    AllowedByClass,
    /** The control plane's pod runs. */
    ControlPlaneReady,
    /** The control plane has no pod, as its user wants it; reported only then. */
    Suspended,
    /** Its processes are stopped, as nobody is connected; reported only where that is wanted. */
    Dozing,
    /** The sandbox's life ends soon, or is over; reported only then. */
    Expiring,
    /** The control plane's memory does for what is in the sandbox; reported only where it doesn't. */
    MemorySufficient,
    /** The control plane's pod is what the spec says and this operator makes. */
    UpToDate,
    /** The certificates that k3s makes for itself are not about to end; reported only where they are. */
    CertificatesCurrent,
    /** Keys and kubeconfig are in order. */
    CredentialsReady,
    /** What other tools read is written; reported only where something is asked for. */
    OutputsReady,
    /** The published URL leads to the sandbox. */
    EndpointReachable,
    /** A Persistent sandbox has its volume, and can write to it. */
    StorageReady,
    /** The API server uses what the spec says about authentication. */
    AuthenticationReady,
    /** What the spec wants in the sandbox was applied there; reported only where something is asked for. */
    Bootstrapped,
    /** External workers can join, and those that have joined do well. */
    WorkersReady,
    /** The simulated workers are there, and Ready; reported only where some are asked for. */
    SimulatedWorkersReady,
    /** No webhook or aggregated API is asked of simulated pods; reported only where workers are simulated. */
    WebhooksAnswered,
    /** The hosted workers are there, and Ready; reported only where some are asked for. */
    HostedWorkersReady,
    /** Hosted workers are privileged pods: a warning, for as long as it is so. */
    WorkersPrivileged,
    /** Services of the sandbox are reached from outside; reported only where some are to be. */
    ServicesPublished,
    /** An Ephemeral sandbox lost its objects. */
    ContentLost;

    /** Those that Ready sums up. */
    public static List<ConditionType> others() {
        return List.of(values()).subList(1, values().length);
    }
}
