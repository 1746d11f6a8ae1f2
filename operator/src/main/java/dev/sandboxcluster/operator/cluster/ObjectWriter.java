package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.api.v1alpha1.Expose;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.cluster.HostObjects.NameConflictException;
import dev.sandboxcluster.operator.cluster.checks.PkiState;
import dev.sandboxcluster.operator.cluster.checks.Reason;
import dev.sandboxcluster.operator.cluster.checks.RestartNotice;
import dev.sandboxcluster.operator.cluster.checks.StorageCheck;
import dev.sandboxcluster.operator.cluster.checks.Verdict;
import dev.sandboxcluster.operator.cluster.desired.AuthenticationConfigMap;
import dev.sandboxcluster.operator.cluster.desired.Base64Data;
import dev.sandboxcluster.operator.cluster.desired.Blueprint;
import dev.sandboxcluster.operator.cluster.desired.ControlPlaneNetworkPolicy;
import dev.sandboxcluster.operator.cluster.desired.ControlPlaneService;
import dev.sandboxcluster.operator.cluster.desired.ControlPlaneStatefulSet;
import dev.sandboxcluster.operator.cluster.desired.Endpoint;
import dev.sandboxcluster.operator.cluster.desired.KubeconfigSecret;
import dev.sandboxcluster.operator.cluster.desired.Labels;
import dev.sandboxcluster.operator.cluster.desired.PkiSecret;
import dev.sandboxcluster.operator.cluster.desired.ServiceAddresses;
import dev.sandboxcluster.operator.cluster.desired.VolumeClaim;
import dev.sandboxcluster.operator.credentials.ClientCertificate;
import dev.sandboxcluster.operator.credentials.ClientCertificatePolicy;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.credentials.KeyPairPem;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Writes the objects of one SandboxCluster, all in one pass: first what the pod mounts and the Service, side by side,
 * then the pod's StatefulSet beside the kubeconfig.
 */
final class ObjectWriter {

    /** The reason of the event that announces a restart. */
    static final String RESTARTING = "ControlPlaneRestarting";

    static final String ADMIN = "system:admin";
    static final String ADMIN_GROUP = "system:masters";

    private static final String WAITING_FOR_LOAD_BALANCER =
            "The host cluster's load balancer has not given the Service an"
                    + " address yet; if this lasts, the host cluster may have no load balancer: take expose.type NodePort";

    private static final Duration CLIENT_CERTIFICATE_LIFETIME = Duration.ofDays(365);
    private static final int UNPROCESSABLE = 422;

    private final HostObjects host;
    private final Executor executor;
    private final Instant now;

    ObjectWriter(HostObjects host, Executor executor, Instant now) {
        this.host = host;
        this.executor = executor;
        this.now = now;
    }

    /**
     * What stands on the host cluster now.
     *
     * @param problem the first thing that kept an object from being written
     * @param credentials the verdict on {@code CredentialsReady}
     * @param kubeconfig the published Secret
     * @param endpoint the published URL
     * @param addresses the Service's
     * @param volumeClaim the claim of a Persistent cluster's volume
     * @param volumeProblem what keeps the claim from being as it should
     */
    record Written(
            Optional<Verdict> problem,
            Verdict credentials,
            Optional<ServiceAddresses> addresses,
            Optional<PersistentVolumeClaim> volumeClaim,
            Optional<Verdict> volumeProblem,
            Optional<Secret> kubeconfig,
            Optional<Endpoint> endpoint,
            Optional<ClusterPki> pki) {}

    /**
     * Writes everything.
     *
     * @param obstacle a reason not to start a control plane: everything else is written
     * @param pod the control plane's pod, if there is one
     */
    Written write(Blueprint blueprint, SandboxClusterStatus status, Optional<Verdict> obstacle, Optional<Pod> pod) {
        try {
            return writeSideBySide(blueprint, status, obstacle, pod);
        } catch (CompletionException exception) {
            throw exception.getCause() instanceof RuntimeException cause ? cause : exception;
        }
    }

    private Written writeSideBySide(
            Blueprint blueprint, SandboxClusterStatus status, Optional<Verdict> obstacle, Optional<Pod> pod) {
        CompletableFuture<Attempt<PkiState>> pki = async(() -> pki(blueprint, status));
        CompletableFuture<Attempt<Service>> service = async(() -> host.apply(ControlPlaneService.desired(blueprint)));
        CompletableFuture<Attempt<HasMetadata>> config =
                async(() -> host.apply(AuthenticationConfigMap.desired(blueprint)));
        CompletableFuture<Attempt<HasMetadata>> policy =
                async(() -> host.apply(ControlPlaneNetworkPolicy.desired(blueprint)));
        Attempt<PkiState> keys = pki.join();
        Optional<ClusterPki> usable = keys.value().flatMap(ObjectWriter::usable);
        Optional<Verdict> problem = Stream.of(
                        keys.problem(),
                        service.join().problem(),
                        config.join().problem(),
                        policy.join().problem(),
                        obstacle,
                        keys.value().flatMap(ObjectWriter::conflict))
                .flatMap(Optional::stream)
                .findFirst();

        Attempt<PersistentVolumeClaim> volume = usable.map(ca -> volumeClaim(blueprint, status, ca.caHash()))
                .orElseGet(() -> new Attempt<>(
                        host.cached(PersistentVolumeClaim.class, blueprint.volumeClaimName()), Optional.empty()));
        boolean stored = blueprint.volume().isEmpty() || volume.value().isPresent();
        Optional<ServiceAddresses> addresses = service.join().value().map(ServiceAddresses::of);
        boolean addressed = addresses
                .filter(known -> blueprint.workers().isEmpty()
                        || Endpoint.workerAddress(blueprint, known).isPresent())
                .isPresent();

        CompletableFuture<Attempt<StatefulSet>> statefulSet =
                problem.isEmpty() && usable.isPresent() && stored && addressed
                        ? async(() -> statefulSet(blueprint, addresses.orElseThrow()))
                        : CompletableFuture.completedFuture(new Attempt<>(Optional.empty(), Optional.empty()));
        Optional<Endpoint> endpoint = addresses.flatMap(
                known -> Endpoint.published(blueprint, known, pod, Optional.ofNullable(status.endpoint())));
        Attempt<Secret> kubeconfig = kubeconfig(blueprint, usable, endpoint);
        return new Written(
                problem.or(() -> volume.problem().filter(missing -> !stored))
                        .or(() -> addresses.filter(known -> !addressed).map(ObjectWriter::withoutWorkerAddress))
                        .or(() -> statefulSet.join().problem()),
                credentials(keys, kubeconfig, blueprint.exposeType()),
                addresses,
                volume.value(),
                volume.problem(),
                kubeconfig.value(),
                endpoint,
                usable);
    }

    private StatefulSet statefulSet(Blueprint blueprint, ServiceAddresses addresses) {
        StatefulSet desired = ControlPlaneStatefulSet.desired(blueprint, addresses);
        host.cached(StatefulSet.class, blueprint.name())
                .filter(host::owns)
                .flatMap(
                        present -> RestartNotice.of(present, desired).filter(notice -> !host.matches(present, desired)))
                .ifPresent(notice -> host.announce(RESTARTING, notice, now));
        return host.apply(desired);
    }

    private static Verdict withoutWorkerAddress(ServiceAddresses addresses) {
        return addresses
                .loadBalancerName()
                .map(name -> Verdict.fails(
                        Reason.LOAD_BALANCER_WITHOUT_IP,
                        "The load balancer gives the name " + name + " and no IP address, which external workers need."
                                + " Ask it for an address by expose.loadBalancer.annotations, or take expose.type"
                                + " NodePort"))
                .orElseGet(() -> Verdict.fails(Reason.WAITING_FOR_ADDRESS, WAITING_FOR_LOAD_BALANCER));
    }

    private PkiState pki(Blueprint blueprint, SandboxClusterStatus status) {
        Optional<Secret> secret = host.find(Secret.class, blueprint.pkiSecretName());
        Optional<PersistentVolumeClaim> claim = blueprint
                .volume()
                .flatMap(volume -> host.find(PersistentVolumeClaim.class, blueprint.volumeClaimName()))
                .filter(present -> mine(blueprint, present));
        boolean started = claim.isPresent()
                || host.cached(StatefulSet.class, blueprint.name())
                        .filter(host::owns)
                        .isPresent();
        Optional<String> caHash = Optional.ofNullable(status.caHash()).or(() -> claim.flatMap(VolumeClaim::caHash));
        PkiState state = PkiState.of(
                secret, secret.filter(present -> mine(blueprint, present)).isPresent(), caHash, started);
        if (state instanceof PkiState.Absent) {
            ClusterPki minted = ClusterPki.mint(blueprint.name(), now);
            host.create(PkiSecret.desired(blueprint, minted));
            return new PkiState.Present(minted);
        }
        if (state instanceof PkiState.Restored restored) {
            host.adopt(PkiSecret.desired(blueprint, restored.pki()));
        }
        if (state instanceof PkiState.Present present) {
            host.settleOwner(
                    secret.orElseThrow(),
                    PkiSecret.desired(blueprint, present.pki()).getMetadata().getOwnerReferences());
        }
        return state;
    }

    /** Whether an object belongs to this SandboxCluster, or was kept for it by a deleted one. */
    private boolean mine(Blueprint blueprint, HasMetadata object) {
        return host.owns(object) || blueprint.volume().isPresent() && Labels.isKept(object, blueprint);
    }

    private Attempt<PersistentVolumeClaim> volumeClaim(
            Blueprint blueprint, SandboxClusterStatus status, String caHash) {
        if (blueprint.volume().isEmpty()) {
            return new Attempt<>(Optional.empty(), Optional.empty());
        }
        Optional<PersistentVolumeClaim> existing = host.find(PersistentVolumeClaim.class, blueprint.volumeClaimName());
        if (existing.isEmpty() && status.readyAt() != null && status.volumeClaimName() != null) {
            return new Attempt<>(Optional.empty(), Optional.of(StorageCheck.missing(status.volumeClaimName())));
        }
        PersistentVolumeClaim desired = VolumeClaim.desired(blueprint, caHash, existing);
        Attempt<PersistentVolumeClaim> written =
                attempt(() -> host.applyKept(desired, claim -> mine(blueprint, claim)));
        Optional<Verdict> refusal =
                written.problem().filter(problem -> problem.reason().equals(Reason.HOST_API_REFUSED));
        return existing.isPresent() && refusal.isPresent()
                ? new Attempt<>(existing, refusal.map(problem -> StorageCheck.expansionRefused(problem.message())))
                : written;
    }

    private Attempt<Secret> kubeconfig(Blueprint blueprint, Optional<ClusterPki> pki, Optional<Endpoint> endpoint) {
        Optional<Secret> existing =
                host.cached(Secret.class, blueprint.kubeconfigSecretName()).filter(host::owns);
        if (pki.isEmpty() || endpoint.isEmpty()) {
            return new Attempt<>(existing.filter(KubeconfigSecret::isComplete), Optional.empty());
        }
        KeyPairPem client = clientCertificate(existing, pki.get());
        return attempt(() -> host.apply(
                KubeconfigSecret.desired(blueprint, endpoint.get(), pki.get().serverCaCertificate(), client)));
    }

    private KeyPairPem clientCertificate(Optional<Secret> existing, ClusterPki pki) {
        Map<String, String> data =
                existing.map(Secret::getData).map(Base64Data::decode).orElse(Map.of());
        String certificate = data.get(KubeconfigSecret.CLIENT_CERTIFICATE);
        String key = data.get(KubeconfigSecret.CLIENT_KEY);
        return new ClientCertificatePolicy(pki.clientCa().certificate(), ADMIN, ADMIN_GROUP)
                        .check(certificate, key, now)
                        .isEmpty()
                ? new KeyPairPem(certificate, key)
                : ClientCertificate.mint(pki.clientCa(), ADMIN, ADMIN_GROUP, now, CLIENT_CERTIFICATE_LIFETIME);
    }

    private static Verdict credentials(Attempt<PkiState> keys, Attempt<Secret> kubeconfig, Expose.Type expose) {
        Optional<Verdict> unusable = keys.value()
                .filter(PkiState.Unusable.class::isInstance)
                .map(state -> ((PkiState.Unusable) state).verdict());
        return Stream.of(keys.problem(), unusable, kubeconfig.problem())
                .flatMap(Optional::stream)
                .findFirst()
                .orElseGet(() -> kubeconfig
                        .value()
                        .map(secret -> Verdict.holds(
                                Reason.PUBLISHED,
                                "The kubeconfig is in Secret "
                                        + secret.getMetadata().getName()))
                        .orElseGet(() -> new Verdict(
                                Verdict.Status.Unknown,
                                Reason.WAITING_FOR_ADDRESS,
                                expose == Expose.Type.LoadBalancer
                                        ? WAITING_FOR_LOAD_BALANCER
                                        : "The address to publish is known once the pod is scheduled")));
    }

    private static Optional<ClusterPki> usable(PkiState state) {
        if (state instanceof PkiState.Present present) {
            return Optional.of(present.pki());
        }
        return state instanceof PkiState.Restored restored ? Optional.of(restored.pki()) : Optional.empty();
    }

    private static Optional<Verdict> conflict(PkiState state) {
        return state instanceof PkiState.Unusable unusable
                        && unusable.verdict().reason().equals(Reason.NAME_CONFLICT)
                ? Optional.of(unusable.verdict())
                : Optional.empty();
    }

    /** What an attempt to write came to: an object, or what keeps it from being written. */
    private record Attempt<T>(Optional<T> value, Optional<Verdict> problem) {}

    private <T> CompletableFuture<Attempt<T>> async(Supplier<? extends T> write) {
        return CompletableFuture.supplyAsync(() -> attempt(write), executor);
    }

    /** Turns refusals, which no retry mends, into a verdict; everything else is the caller's to retry. */
    private static <T> Attempt<T> attempt(Supplier<? extends T> write) {
        try {
            return new Attempt<>(Optional.of(write.get()), Optional.empty());
        } catch (NameConflictException conflict) {
            return new Attempt<>(Optional.empty(), Optional.of(verdict(conflict)));
        } catch (KubernetesClientException refused) {
            return new Attempt<>(Optional.empty(), Optional.of(refusal(refused).orElseThrow(() -> refused)));
        }
    }

    static Verdict verdict(NameConflictException conflict) {
        if (conflict.beingDeleted()) {
            return Verdict.fails(
                    Reason.CREATING,
                    "Waiting until the host cluster has removed the " + conflict.getMessage()
                            + " of a deleted SandboxCluster of the same name");
        }
        boolean secret = conflict.getMessage().startsWith("Secret ");
        return Verdict.fails(
                secret ? Reason.SECRET_CONFLICT : Reason.NAME_CONFLICT,
                "A " + conflict.getMessage() + " is there that does not belong to this SandboxCluster; it is left"
                        + " alone. Rename it or the SandboxCluster"
                        + (secret ? ", or set kubeconfig.secretName in a new one" : ""));
    }

    private static Optional<Verdict> refusal(KubernetesClientException exception) {
        String message = Objects.requireNonNullElse(exception.getMessage(), "");
        return switch (exception.getCode()) {
            case UNPROCESSABLE ->
                Optional.of(
                        message.contains("nodePort")
                                ? Verdict.fails(
                                        Reason.NODE_PORT_UNAVAILABLE,
                                        "The host cluster does not give out expose.nodePort.port; choose another, or"
                                                + " none to get a free one: " + message)
                                : Verdict.fails(
                                        Reason.HOST_API_REFUSED, "The host cluster refuses an object: " + message));
            case HttpURLConnection.HTTP_BAD_REQUEST, HttpURLConnection.HTTP_FORBIDDEN ->
                Optional.of(Verdict.fails(Reason.HOST_API_REFUSED, "The host cluster refuses an object: " + message));
            default -> Optional.empty();
        };
    }
}
