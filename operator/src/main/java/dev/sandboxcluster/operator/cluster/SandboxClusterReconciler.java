package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.cluster.ObjectWriter.Written;
import dev.sandboxcluster.operator.cluster.checks.Conditions;
import dev.sandboxcluster.operator.cluster.checks.ControlPlaneCheck;
import dev.sandboxcluster.operator.cluster.checks.RuntimeClassCheck;
import dev.sandboxcluster.operator.cluster.checks.Verdict;
import dev.sandboxcluster.operator.cluster.desired.Base64Data;
import dev.sandboxcluster.operator.cluster.desired.Blueprint;
import dev.sandboxcluster.operator.cluster.desired.Endpoint;
import dev.sandboxcluster.operator.cluster.desired.KubeconfigSecret;
import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.metrics.StartTimes;
import dev.sandboxcluster.operator.tenant.Observation;
import dev.sandboxcluster.operator.tenant.ProbeSettings;
import dev.sandboxcluster.operator.tenant.Target;
import dev.sandboxcluster.operator.tenant.TenantEventSource;
import dev.sandboxcluster.operator.workers.WorkerEventSource;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a SandboxCluster to what its spec says: observe, validate, act, report. */
public final class SandboxClusterReconciler implements Reconciler<SandboxCluster> {

    private static final Logger LOG = LoggerFactory.getLogger(SandboxClusterReconciler.class);

    private static final Duration LOOK_FOR_WARNINGS_AFTER = Duration.ofSeconds(2);
    private static final Duration RECHECK_SOON = Duration.ofSeconds(2);
    private static final Duration RECHECK_LATER = Duration.ofSeconds(15);
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final int SILENT_ATTEMPTS = 3;

    private final OperatorConfig config;
    private final ProbeSettings probing;
    private final StartTimes startTimes;
    private final Clock clock;
    private TenantEventSource tenants;
    private WorkerEventSource workers;
    private HostNetwork network;

    /**
     * Makes the reconciler.
     *
     * @param probing how often and how long the clusters are dialled
     */
    public SandboxClusterReconciler(OperatorConfig config, ProbeSettings probing, StartTimes startTimes, Clock clock) {
        this.config = config;
        this.probing = probing;
        this.startTimes = startTimes;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, SandboxCluster>> prepareEventSources(EventSourceContext<SandboxCluster> context) {
        tenants = new TenantEventSource(context.getPrimaryCache(), probing, clock);
        workers = new WorkerEventSource(context.getPrimaryCache(), clock);
        network = new HostNetwork(context.getClient(), config.hostCidrs(), config.clusterWide(), clock);
        return Stream.concat(HostEventSources.of(context, config).stream(), Stream.of(tenants, workers))
                .toList();
    }

    @Override
    public UpdateControl<SandboxCluster> reconcile(SandboxCluster cluster, Context<SandboxCluster> context) {
        ResourceID id = ResourceID.fromResource(cluster);
        if (cluster.isMarkedForDeletion()) {
            tenants.forget(id);
            workers.forget(id);
            return UpdateControl.noUpdate();
        }
        Instant now = clock.instant();
        SandboxClusterStatus previous = Optional.ofNullable(cluster.getStatus()).orElse(SandboxClusterStatus.EMPTY);
        Blueprint blueprint = Blueprint.of(cluster, config);
        HostObjects host = new HostObjects(cluster, context);

        Optional<Pod> pod = host.cached(Pod.class, blueprint.name() + "-0");
        Optional<Verdict> obstacle = config.clusterWide() && pod.isEmpty()
                ? RuntimeClassCheck.check(blueprint, host.allCached(RuntimeClass.class))
                : Optional.empty();
        Written written = new ObjectWriter(host, context.getWorkflowExecutorService(), now)
                .write(blueprint, previous, obstacle, pod);
        Optional<Observation> observation = dial(id, blueprint, written, pod);
        Optional<WorkerStage.Outcome> joined = new WorkerStage(host, workers, network)
                .run(id, blueprint, previous, written, pod, observation.flatMap(Observation::available));
        List<Event> warnings = warnings(blueprint, host, pod, context, now);
        SandboxClusterStatus status = StatusReport.of(
                blueprint,
                cluster.getMetadata().getGeneration(),
                previous,
                written,
                pod,
                warnings,
                observation,
                joined,
                now);

        if (previous.readyAt() == null && status.readyAt() != null) {
            Duration start =
                    Duration.between(Instant.parse(cluster.getMetadata().getCreationTimestamp()), now);
            startTimes.record(start);
            LOG.info("Ready {} s after its creation", start.toSeconds());
        }
        UpdateControl<SandboxCluster> update = status.equals(previous)
                ? UpdateControl.noUpdate()
                : UpdateControl.patchStatus(statusOnly(cluster, status));
        recheckAfter(status, now).ifPresent(update::rescheduleAfter);
        return update;
    }

    @Override
    public ErrorStatusUpdateControl<SandboxCluster> updateErrorStatus(
            SandboxCluster cluster, Context<SandboxCluster> context, Exception exception) {
        int attempt = context.getRetryInfo().map(RetryInfo::getAttemptCount).orElse(0);
        if (isGone(exception)) {
            return ErrorStatusUpdateControl.<SandboxCluster>noStatusUpdate().withNoRetry();
        }
        LOG.debug("Attempt {}", attempt, exception);
        if (isConflict(exception) || attempt < SILENT_ATTEMPTS) {
            return ErrorStatusUpdateControl.noStatusUpdate();
        }
        LOG.warn("Attempt {} failed, as those before: {}", attempt, exception.getMessage());
        SandboxClusterStatus previous = Optional.ofNullable(cluster.getStatus()).orElse(SandboxClusterStatus.EMPTY);
        SandboxClusterStatus status = StatusReport.failed(
                previous,
                cluster.getMetadata().getGeneration(),
                "The operator tries again; the last attempt ended with: " + exception.getMessage(),
                clock.instant());
        return status.equals(previous)
                ? ErrorStatusUpdateControl.noStatusUpdate()
                : ErrorStatusUpdateControl.patchStatus(statusOnly(cluster, status));
    }

    /** Somebody else wrote at the same time; trying again is all there is to do. */
    private static boolean isConflict(Exception exception) {
        return exception instanceof KubernetesClientException refused
                && refused.getCode() == HttpURLConnection.HTTP_CONFLICT;
    }

    /** The SandboxCluster was deleted while its status was about to be written. */
    private static boolean isGone(Exception exception) {
        return exception instanceof KubernetesClientException refused
                && refused.getCode() == HttpURLConnection.HTTP_NOT_FOUND
                && Optional.ofNullable(refused.getStatus())
                        .map(Status::getDetails)
                        .filter(details -> "sandboxclusters".equals(details.getKind()))
                        .isPresent();
    }

    private Optional<Observation> dial(ResourceID id, Blueprint blueprint, Written written, Optional<Pod> pod) {
        Optional<ContainerStatus> running = pod.flatMap(ControlPlaneCheck::container)
                .filter(container -> container.getState().getRunning() != null);
        if (running.isEmpty()
                || written.kubeconfig().isEmpty()
                || written.endpoint().isEmpty()) {
            tenants.forget(id);
            return Optional.empty();
        }
        Endpoint endpoint = written.endpoint().get();
        Map<String, String> published =
                Base64Data.decode(written.kubeconfig().get().getData());
        return Optional.of(tenants.observe(
                id,
                new Target(
                        endpoint.url(),
                        endpoint.tlsServerName().orElse(null),
                        published.get(KubeconfigSecret.CA_CERTIFICATE),
                        published.get(KubeconfigSecret.CLIENT_CERTIFICATE),
                        published.get(KubeconfigSecret.CLIENT_KEY),
                        blueprint.volume().isPresent(),
                        running.get().getContainerID())));
    }

    /** Asks for events only about what should have gone on by now: on the way to a normal start there is no request. */
    private static List<Event> warnings(
            Blueprint blueprint, HostObjects host, Optional<Pod> pod, Context<SandboxCluster> context, Instant now) {
        boolean started = pod.flatMap(ControlPlaneCheck::container)
                .map(ContainerStatus::getContainerID)
                .filter(container -> !container.isEmpty())
                .isPresent();
        if (started) {
            return List.of();
        }
        HostEvents events = new HostEvents(context.getClient());
        Optional<PersistentVolumeClaim> unbound = host.cached(PersistentVolumeClaim.class, blueprint.volumeClaimName())
                .filter(claim -> !"Bound".equals(claim.getStatus().getPhase()));
        return Stream.<Optional<? extends HasMetadata>>of(
                        host.cached(StatefulSet.class, blueprint.name()), pod, unbound)
                .flatMap(Optional::stream)
                .filter(object -> Instant.parse(object.getMetadata().getCreationTimestamp())
                        .plus(LOOK_FOR_WARNINGS_AFTER)
                        .isBefore(now))
                .flatMap(object -> events.warnings(object).stream())
                .toList();
    }

    /** Everything that goes well wakes the reconciler by an event; what is stuck is looked at again. */
    private static Optional<Duration> recheckAfter(SandboxClusterStatus status, Instant now) {
        return Stream.of(Conditions.READY, Conditions.CREDENTIALS_READY, Conditions.STORAGE_READY)
                .flatMap(type -> Conditions.previous(status.conditions(), type).stream())
                .filter(condition -> !"True".equals(condition.getStatus()))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .map(since -> Instant.parse(since).plus(SOON).isAfter(now) ? RECHECK_SOON : RECHECK_LATER);
    }

    private static SandboxCluster statusOnly(SandboxCluster cluster, SandboxClusterStatus status) {
        SandboxCluster patch = new SandboxCluster();
        patch.setMetadata(new ObjectMetaBuilder()
                .withName(cluster.getMetadata().getName())
                .withNamespace(cluster.getMetadata().getNamespace())
                .build());
        patch.setSpec(null);
        patch.setStatus(status);
        return patch;
    }
}
