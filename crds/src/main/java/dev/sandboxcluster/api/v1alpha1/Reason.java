package dev.sandboxcluster.api.v1alpha1;

/**
 * The reasons of the conditions. docs/reference.md explains each one; a test holds the two lists together. The reasons
 * of an endpoint that cannot be used are the names of {@link EndpointFailure}.
 */
public final class Reason {

    public static final String AVAILABLE = "Available";
    public static final String CREATING = "Creating";
    public static final String POD_PENDING = "PodPending";
    public static final String POD_TERMINATING = "PodTerminating";
    public static final String CONTAINER_CREATING = "ContainerCreating";
    public static final String STARTING = "Starting";
    public static final String WAITING_FOR_ENDPOINT = "WaitingForEndpoint";
    public static final String CONTROL_PLANE_NOT_RUNNING = "ControlPlaneNotRunning";

    public static final String ALLOWED_BY_CLASS = "AllowedByClass";
    public static final String CLASS_NOT_FOUND = "ClassNotFound";
    public static final String CLASS_NOT_READABLE = "ClassNotReadable";
    public static final String SEVERAL_DEFAULT_CLASSES = "SeveralDefaultClasses";
    public static final String NOT_ALLOWED_BY_CLASS = "NotAllowedByClass";
    public static final String CLASS_QUOTA_EXCEEDED = "ClassQuotaExceeded";

    public static final String RUNTIME_CLASS_NOT_FOUND = "RuntimeClassNotFound";
    public static final String POD_REJECTED = "PodRejected";
    public static final String QUOTA_EXCEEDED = "QuotaExceeded";
    public static final String UNSCHEDULABLE = "Unschedulable";
    public static final String IMAGE_PULL_FAILED = "ImagePullFailed";
    public static final String INVALID_IMAGE = "InvalidImage";
    public static final String CONTAINER_START_FAILED = "ContainerStartFailed";
    public static final String FILES_NOT_FOUND = "FilesNotFound";
    public static final String CRASH_LOOP = "CrashLoop";
    public static final String OUT_OF_MEMORY = "OutOfMemory";
    public static final String EVICTED = "Evicted";
    public static final String HEAP_FULL = "HeapFull";

    public static final String SUSPENDED = "Suspended";
    public static final String SUSPENDING = "Suspending";
    public static final String SCALED_DOWN = "ScaledDown";

    public static final String DOZING = "Dozing";
    public static final String IN_USE = "InUse";
    public static final String NOT_SETTLED = "NotSettled";
    public static final String ROUTER_NEEDED = "RouterNeeded";
    public static final String EXTERNAL_WORKERS_ENABLED = "ExternalWorkersEnabled";
    public static final String PERSISTENT_STORAGE_NEEDED = "PersistentStorageNeeded";
    public static final String DOZE_NOT_ENABLED = "DozeNotEnabled";
    public static final String PROBED_BY_NODE = "ProbedByNode";
    public static final String PROCESSES_NOT_REACHED = "ProcessesNotReached";

    public static final String EXPIRES_SOON = "ExpiresSoon";
    public static final String EXPIRED = "Expired";

    public static final String UP_TO_DATE = "UpToDate";
    public static final String RESTART_PENDING = "RestartPending";
    public static final String IMAGE_BEING_TRIED = "ImageBeingTried";
    public static final String RESTARTING = "Restarting";
    public static final String OUTDATED = "Outdated";

    public static final String RENEWAL_PLANNED = "RenewalPlanned";
    public static final String RENEWAL_NEEDED = "RenewalNeeded";

    public static final String PUBLISHED = "Published";
    public static final String OUTPUTS_WRITTEN = "OutputsWritten";
    public static final String NAMESPACE_NOT_PERMITTED = "NamespaceNotPermitted";
    public static final String NAMESPACE_NOT_FOUND = "NamespaceNotFound";
    public static final String WAITING_FOR_KUBECONFIG = "WaitingForKubeconfig";
    public static final String WAITING_FOR_ADDRESS = "WaitingForAddress";
    public static final String NAME_CONFLICT = "NameConflict";
    public static final String SECRET_CONFLICT = "SecretConflict";
    public static final String NODE_PORT_UNAVAILABLE = "NodePortUnavailable";
    public static final String PKI_SECRET_MISSING = "PKISecretMissing";
    public static final String PKI_SECRET_INVALID = "PKISecretInvalid";
    public static final String HOST_API_REFUSED = "HostAPIRefused";
    public static final String RECONCILE_FAILED = "ReconcileFailed";
    public static final String PAUSED = "Paused";

    public static final String VOLUME_BOUND = "VolumeBound";
    public static final String VOLUME_PENDING = "VolumePending";
    public static final String VOLUME_FULL = "VolumeFull";
    public static final String WRITES_FAIL = "WritesFail";
    public static final String VOLUME_LOST = "VolumeLost";
    public static final String VOLUME_CLAIM_MISSING = "VolumeClaimMissing";
    public static final String VOLUME_CLAIM_TERMINATING = "VolumeClaimTerminating";
    public static final String STORAGE_CLASS_NOT_FOUND = "StorageClassNotFound";
    public static final String PROVISIONING_FAILED = "ProvisioningFailed";
    public static final String EXPANSION_REFUSED = "ExpansionRefused";
    public static final String EXPANSION_FAILED = "ExpansionFailed";
    public static final String VOLUME_EXPANDING = "VolumeExpanding";
    public static final String FILE_SYSTEM_RESIZE_PENDING = "FileSystemResizePending";

    public static final String AUTHENTICATION_CONFIGURED = "AuthenticationConfigured";
    public static final String AUTHENTICATION_PENDING = "AuthenticationPending";
    public static final String AUTHENTICATION_NOT_LOADED = "AuthenticationNotLoaded";

    public static final String LOAD_BALANCER_WITHOUT_IP = "LoadBalancerWithoutIP";
    public static final String ROUTER_NOT_INSTALLED = "RouterNotInstalled";
    public static final String REVOKING = "Revoking";

    public static final String IPV4_REQUIRED = "IPv4Required";
    public static final String SERVICE_RANGE_FULL = "ServiceRangeFull";

    public static final String ALL_NODES_READY = "AllNodesReady";
    public static final String NO_WORKERS = "NoWorkers";
    public static final String PREPARING = "Preparing";
    public static final String NODES_NEED_ATTENTION = "NodesNeedAttention";
    public static final String CIDR_OVERLAP = "CIDROverlap";
    public static final String SANDBOX_UNREACHABLE = "SandboxUnreachable";
    public static final String SANDBOX_REFUSED = "SandboxRefused";
    public static final String SANDBOX_TOO_SLOW = "SandboxTooSlow";
    public static final String SANDBOX_TOO_LARGE = "SandboxTooLarge";

    public static final String SIMULATED_WORKERS_READY = "SimulatedWorkersReady";
    public static final String SIMULATED_WORKERS_STARTING = "SimulatedWorkersStarting";
    public static final String SIMULATED_NODES_NOT_READY = "SimulatedNodesNotReady";
    public static final String SIMULATION_FAILING = "SimulationFailing";
    public static final String NODE_NAME_TAKEN = "NodeNameTaken";

    public static final String WEBHOOKS_ANSWERED = "WebhooksAnswered";
    public static final String WEBHOOKS_IGNORED = "WebhooksIgnored";
    public static final String ASKED_OF_SIMULATED_PODS = "AskedOfSimulatedPods";
    public static final String HOSTED_WORKERS_READY = "HostedWorkersReady";
    public static final String HOSTED_WORKERS_STARTING = "HostedWorkersStarting";
    public static final String HOSTED_WORKERS_DRAINING = "HostedWorkersDraining";
    public static final String HOSTED_NODES_NOT_READY = "HostedNodesNotReady";
    public static final String PRIVILEGED_NOT_ALLOWED = "PrivilegedNotAllowed";
    public static final String PRIVILEGED_PODS = "PrivilegedPods";
    public static final String RUNTIME_CLASS_UNSUITABLE = "RuntimeClassUnsuitable";
    public static final String HOST_NAME_NOT_ALLOWED = "HostNameNotAllowed";
    public static final String SERVICES_PUBLISHED = "ServicesPublished";
    public static final String WAITING_FOR_SERVICE = "WaitingForService";

    public static final String BOOTSTRAP_APPLIED = "BootstrapApplied";
    public static final String BOOTSTRAP_APPLYING = "BootstrapApplying";
    public static final String BOOTSTRAP_SOURCE_NOT_FOUND = "BootstrapSourceNotFound";
    public static final String BOOTSTRAP_INVALID = "BootstrapInvalid";
    public static final String BOOTSTRAP_KIND_NOT_SERVED = "BootstrapKindNotServed";
    public static final String BOOTSTRAP_REFUSED = "BootstrapRefused";
    public static final String BOOTSTRAP_CHART_FAILED = "BootstrapChartFailed";

    public static final String POD_REPLACED = "PodReplaced";

    private Reason() {}
}
