package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.cluster.checks.Conditions;
import dev.sandboxcluster.operator.cluster.checks.ContentCheck;
import dev.sandboxcluster.operator.cluster.checks.ControlPlaneCheck;
import dev.sandboxcluster.operator.cluster.checks.EndpointCheck;
import dev.sandboxcluster.operator.cluster.checks.ReadyCheck;
import dev.sandboxcluster.operator.cluster.checks.Reason;
import dev.sandboxcluster.operator.cluster.checks.StorageCheck;
import dev.sandboxcluster.operator.cluster.checks.Verdict;
import dev.sandboxcluster.operator.cluster.checks.WorkersCheck;
import dev.sandboxcluster.operator.cluster.checks.WriteCheck;
import dev.sandboxcluster.operator.cluster.desired.Blueprint;
import dev.sandboxcluster.operator.cluster.desired.Endpoint;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.tenant.Observation;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Puts together a status from what was observed and written; pure, from scratch every time. */
final class StatusReport {

    private StatusReport() {}

    /**
     * The status.
     *
     * @param previous the status as it is, for what outlives a change: times, the pod whose content is known
     * @param observation what the operator saw when it dialled; empty: it does not dial
     * @param workers empty: there can be none
     */
    static SandboxClusterStatus of(
            Blueprint blueprint,
            Long generation,
            SandboxClusterStatus previous,
            ObjectWriter.Written written,
            Optional<Pod> pod,
            List<Event> warnings,
            Optional<Observation> observation,
            Optional<WorkerStage.Outcome> workers,
            Instant now) {
        Optional<String> available = observation.flatMap(Observation::available);
        Optional<String> startedAt = pod.flatMap(StatusReport::startedAt);

        Verdict controlPlane = ControlPlaneCheck.check(pod, warnings, available.isPresent());
        Optional<String> url = written.endpoint().map(found -> found.url().toString());
        Verdict endpoint =
                EndpointCheck.check(observation, lastKnown(previous, startedAt, url, Conditions.ENDPOINT_REACHABLE));
        Optional<Verdict> writes = WriteCheck.check(observation, lastKnown(previous, startedAt, url, Conditions.READY));
        Optional<Verdict> storage = blueprint
                .volume()
                .map(volume -> StorageCheck.check(written.volumeProblem(), written.volumeClaim(), writes, warnings));
        Verdict ready = ReadyCheck.check(
                written.problem(),
                written.credentials(),
                storage,
                written.kubeconfig().isPresent(),
                controlPlane,
                endpoint,
                writes);

        Conditions conditions = new Conditions(previous.conditions(), generation, now)
                .add(Conditions.READY, ready)
                .add(Conditions.CONTROL_PLANE_READY, controlPlane)
                .add(Conditions.CREDENTIALS_READY, written.credentials())
                .add(Conditions.ENDPOINT_REACHABLE, endpoint);
        storage.ifPresent(verdict -> conditions.add(Conditions.STORAGE_READY, verdict));
        workers.filter(outcome -> blueprint.workers().isPresent())
                .ifPresent(outcome -> conditions.add(
                        Conditions.WORKERS_READY,
                        WorkersCheck.check(
                                outcome.problem(),
                                outcome.report(),
                                available.isPresent(),
                                outcome.joinSecrets().values())));
        ContentCheck.check(previous, pod, blueprint.volume().isPresent())
                .ifPresentOrElse(
                        lost -> conditions.add(Conditions.CONTENT_LOST, lost),
                        () -> conditions.keep(Conditions.CONTENT_LOST));

        return new SandboxClusterStatus(
                generation,
                available.or(() -> Optional.ofNullable(previous.version())).orElse(null),
                blueprint
                        .defaultImage()
                        .or(() -> Optional.ofNullable(previous.defaultImage()))
                        .orElse(null),
                url.orElse(previous.endpoint()),
                Endpoint.internal(blueprint).url().toString(),
                written.kubeconfig()
                        .map(secret ->
                                new LocalObjectReference(secret.getMetadata().getName()))
                        .orElse(null),
                Optional.ofNullable(previous.caHash())
                        .or(() -> written.pki().map(ClusterPki::caHash))
                        .orElse(null),
                pod.map(present -> present.getMetadata().getUid())
                        .or(() -> Optional.ofNullable(previous.podUID()))
                        .orElse(null),
                written.volumeClaim()
                        .map(claim -> claim.getMetadata().getName())
                        .or(() -> Optional.ofNullable(previous.volumeClaimName()))
                        .orElse(null),
                startedAt.or(() -> Optional.ofNullable(previous.startedAt())).orElse(null),
                Optional.ofNullable(previous.readyAt())
                        .or(() -> Optional.of(
                                        now.truncatedTo(ChronoUnit.SECONDS).toString())
                                .filter(first -> ready.met()))
                        .orElse(null),
                workers.map(outcome -> WorkersReport.of(blueprint.workers(), outcome))
                        .orElse(null),
                conditions.build());
    }

    /** The status after repeated failures of the operator itself: what was known stays, but Ready is in doubt. */
    static SandboxClusterStatus failed(SandboxClusterStatus previous, Long generation, String message, Instant now) {
        return new SandboxClusterStatus(
                previous.observedGeneration(),
                previous.version(),
                previous.defaultImage(),
                previous.endpoint(),
                previous.internalEndpoint(),
                previous.kubeconfigSecret(),
                previous.caHash(),
                previous.podUID(),
                previous.volumeClaimName(),
                previous.startedAt(),
                previous.readyAt(),
                previous.workers(),
                new Conditions(previous.conditions(), generation, now)
                        .add(Conditions.READY, new Verdict(Verdict.Status.Unknown, Reason.RECONCILE_FAILED, message))
                        .keep(Conditions.CONTROL_PLANE_READY)
                        .keep(Conditions.CREDENTIALS_READY)
                        .keep(Conditions.ENDPOINT_REACHABLE)
                        .keep(Conditions.STORAGE_READY)
                        .keep(Conditions.WORKERS_READY)
                        .keep(Conditions.CONTENT_LOST)
                        .build());
    }

    private static Optional<Verdict> lastKnown(
            SandboxClusterStatus previous, Optional<String> startedAt, Optional<String> url, String condition) {
        return startedAt
                .filter(started -> started.equals(previous.startedAt()))
                .filter(started -> url.equals(Optional.ofNullable(previous.endpoint())))
                .flatMap(started -> Conditions.previous(previous.conditions(), condition))
                .map(Conditions::verdict);
    }

    private static Optional<String> startedAt(Pod pod) {
        return ControlPlaneCheck.container(pod)
                .map(ContainerStatus::getState)
                .map(ContainerState::getRunning)
                .map(ContainerStateRunning::getStartedAt);
    }
}
