package dev.sandboxcluster.operator.capability.workers.external;

import static java.util.stream.Collectors.toMap;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.capability.access.Access;
import dev.sandboxcluster.operator.capability.controlplane.ControlPlaneSettings;
import dev.sandboxcluster.operator.capability.exposure.Endpoint;
import dev.sandboxcluster.operator.capability.exposure.Exposed;
import dev.sandboxcluster.operator.capability.exposure.ExposureSettings;
import dev.sandboxcluster.operator.capability.keys.Keys;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport.PublishedToken;
import dev.sandboxcluster.operator.capability.workers.external.session.WorkerEventSource;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.host.HostNetwork;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Containers;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Hands what is wanted to those who look after a sandbox's nodes, and publishes what machines join with. */
public final class ExternalWorkersStage {

    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(15);

    private final WorkerEventSource sessions;
    private final HostNetwork network;

    /**
     * Makes the stage.
     *
     * @param sessions who looks after the nodes, beside the reconciler
     * @param network the host cluster's address ranges
     */
    public ExternalWorkersStage(WorkerEventSource sessions, HostNetwork network) {
        this.sessions = sessions;
        this.network = network;
    }

    /**
     * What the stages before it have found out.
     *
     * @param version of the API server; empty: the operator does not reach it
     */
    public record Given(
            Keys keys,
            Exposed exposed,
            Access access,
            ControlPlaneSettings controlPlane,
            ExposureSettings exposure,
            Optional<String> version) {

        private int port() {
            return exposed.published().map(Endpoint::port).orElse(0);
        }
    }

    /** Whether there is an address at which machines can join: a control plane is started with it in its certificate. */
    public static Outcome<Void> joinable(
            Optional<WorkerSettings> settings, ExposureSettings exposure, Exposed exposed) {
        return Outcome.written(exposed.addresses()
                .filter(known -> settings.isPresent() && exposed.workerAddress().isEmpty())
                .map(exposure.type()::withoutWorkerAddress));
    }

    /**
     * Does what can be done now. A sandbox is told of its endpoint only after the operator itself has reached it there: an
     * agent that once learned a wrong address may keep it.
     *
     * @param settings empty: no machine may join
     * @return empty: none may, and none could before
     */
    public Optional<Outcome<Joined>> run(Round round, Optional<WorkerSettings> settings, Given given) {
        return settings.map(workers -> join(round, workers, given)).or(() -> withdraw(round, given));
    }

    private Outcome<Joined> join(Round round, WorkerSettings workers, Given given) {
        JoinSecret secrets =
                new JoinSecret(round.sandbox(), round.situation().annotation(Annotations.REVOKE_JOIN_TOKENS));
        Optional<JoinSecret.Site> site = given.exposed()
                .workerAddress()
                .map(address -> new JoinSecret.Site(
                        address,
                        given.port(),
                        given.version().orElse(""),
                        given.controlPlane().podCidr(),
                        given.controlPlane().serviceCidr()));
        Optional<Verdict> overlap = Overlap.check(
                given.controlPlane().podCidr(),
                given.controlPlane().serviceCidr(),
                network.ranges(),
                known(round, given));
        if (overlap.isPresent() || site.isEmpty() || given.version().isEmpty() || !started(round, workers, given)) {
            return WorkersCheck.check(
                    overlap,
                    given.version().isPresent(),
                    new Joined(
                            sessions.latest(round.id()),
                            site.map(JoinSecret.Site::text),
                            published(round, secrets, workers)));
        }
        WorkerPlan plan = plan(round, secrets, workers, given, site.get());
        WorkerReport report = sessions.observe(round.id(), plan);
        Optional<Verdict> conflict = publish(round, secrets, workers, report, given, site.get());
        // What is published now must be known to be, or its deletion would not be noticed as a wish.
        sessions.observe(round.id(), plan.withEpochs(epochs(round, secrets, workers)));
        withdrawAllBut(workers.groups().stream().map(WorkerPlan.Group::name).toList(), round, secrets);
        return WorkersCheck.check(
                        conflict,
                        true,
                        new Joined(report, site.map(JoinSecret.Site::text), published(round, secrets, workers)))
                .lookingAgain(conflict.map(refused -> round.now().plus(AFTER_REFUSAL)));
    }

    private WorkerPlan plan(
            Round round, JoinSecret secrets, WorkerSettings workers, Given given, JoinSecret.Site site) {
        return new WorkerPlan(
                given.access()
                        .published()
                        .orElseThrow()
                        .at(Endpoint.internal(round.sandbox()).url()),
                workers.bootstrap(),
                site.address(),
                site.port(),
                site.version(),
                workers.tokenTtl(),
                workers.removeNotReadyAfter(),
                workers.drainTimeout(),
                workers.groups(),
                epochs(round, secrets, workers),
                reserved(round, given));
    }

    /** After external workers were turned off, their tokens are withdrawn once the sandbox answers. */
    private Optional<Outcome<Joined>> withdraw(Round round, Given given) {
        if (round.previous().workers() == null) {
            sessions.forget(round.id());
            return Optional.empty();
        }
        withdrawAllBut(
                List.of(),
                round,
                new JoinSecret(round.sandbox(), round.situation().annotation(Annotations.REVOKE_JOIN_TOKENS)));
        if (given.version().isEmpty() || given.access().published().isEmpty()) {
            return Optional.of(Outcome.of(new Joined(WorkerReport.UNKNOWN, Optional.empty(), Map.of())));
        }
        WorkerReport report = sessions.observe(
                round.id(),
                new WorkerPlan(
                        given.access()
                                .published()
                                .get()
                                .at(Endpoint.internal(round.sandbox()).url()),
                        Bootstrap.K3sAgent,
                        "",
                        0,
                        given.version().get(),
                        Duration.ofHours(1),
                        Optional.empty(),
                        Duration.ZERO,
                        List.of(),
                        Map.of(),
                        Set.of()));
        if (report.settled()) {
            sessions.forget(round.id());
            return Optional.empty();
        }
        return Optional.of(Outcome.of(new Joined(report, Optional.empty(), Map.of())));
    }

    /** A pod from before external workers were turned on, or the address changed, must not be told of an endpoint. */
    private static boolean started(Round round, WorkerSettings workers, Given given) {
        List<String> wanted = WorkerSettings.contribution(
                        Optional.of(workers), given.exposed().workerAddress())
                .arguments();
        return round.pod()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .flatMap(pod -> Containers.named(K3s.CONTAINER, pod.getSpec()))
                .filter(k3s -> k3s.getArgs().containsAll(wanted))
                .isPresent();
    }

    private static Map<String, String> epochs(Round round, JoinSecret secrets, WorkerSettings workers) {
        Map<String, String> epochs = new HashMap<>();
        workers.groups().forEach(group -> joinSecret(round, secrets, group.name())
                .flatMap(secrets::epoch)
                .ifPresent(epoch -> epochs.put(group.name(), epoch)));
        return epochs;
    }

    /** Empty: nothing was in the way. Without the sandbox's keys, what is published stays as it is. */
    private static Optional<Verdict> publish(
            Round round,
            JoinSecret secrets,
            WorkerSettings workers,
            WorkerReport report,
            Given given,
            JoinSecret.Site site) {
        if (given.keys().pki().isEmpty()) {
            return Optional.empty();
        }
        ClusterPki keys = given.keys().pki().get();
        for (WorkerPlan.Group group : workers.groups()) {
            PublishedToken token = report.tokens().get(group.name());
            Optional<Verdict> problem = token == null
                    ? Optional.empty()
                    : round.host()
                            .tryApply(secrets.desired(workers, group, token, site, keys))
                            .problem();
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
    }

    private static void withdrawAllBut(List<String> groups, Round round, JoinSecret secrets) {
        round.host()
                .allOf(Secret.class, round.sandbox().name())
                .filter(round.host()::owns)
                .flatMap(secret ->
                        Optional.ofNullable(secret.getMetadata().getLabels().get(Labels.WORKER_GROUP)).stream())
                .filter(group -> !groups.contains(group))
                .toList()
                .forEach(group -> round.host().apply(secrets.withdrawn(group)));
    }

    private static Map<String, String> published(Round round, JoinSecret secrets, WorkerSettings workers) {
        return workers.groups().stream()
                .map(WorkerPlan.Group::name)
                .filter(group -> joinSecret(round, secrets, group).isPresent())
                .collect(toMap(group -> group, secrets::name));
    }

    private static Optional<Secret> joinSecret(Round round, JoinSecret secrets, String group) {
        return round.host().cached(Secret.class, secrets.name(group)).filter(round.host()::owns);
    }

    /** Addresses of the host cluster that the sandbox's machines or its control plane have to do with. */
    private static List<String> known(Round round, Given given) {
        List<String> known = new ArrayList<>();
        given.exposed().clusterIp().ifPresent(known::add);
        given.exposed().workerAddress().ifPresent(known::add);
        round.pod().map(Pod::getStatus).ifPresent(status -> Stream.of(status.getPodIP(), status.getHostIP())
                .flatMap(Stream::ofNullable)
                .forEach(known::add));
        return known;
    }

    private static Set<String> reserved(Round round, Given given) {
        Set<String> reserved = new LinkedHashSet<>(given.exposure().names());
        reserved.addAll(known(round, given));
        reserved.add(K3s.kubernetesService(given.controlPlane().serviceCidr()));
        reserved.add(K3s.clusterDns(given.controlPlane().serviceCidr()));
        round.pod().map(present -> present.getMetadata().getName()).ifPresent(reserved::add);
        return reserved;
    }
}
