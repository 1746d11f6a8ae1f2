package dev.sandboxcluster.operator.capability.workers.external;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.capability.access.Access;
import dev.sandboxcluster.operator.capability.controlplane.ControlPlaneSettings;
import dev.sandboxcluster.operator.capability.exposure.Exposed;
import dev.sandboxcluster.operator.capability.exposure.ExposureSettings;
import dev.sandboxcluster.operator.capability.keys.Keys;
import dev.sandboxcluster.operator.capability.workers.external.plan.HostedNodes;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.capability.workers.external.session.WorkerEventSource;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.host.HostNetwork;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Hands what is wanted to those who look after a sandbox's nodes, and publishes what machines join with: external workers,
 * and hosted ones, whose pods are another stage's.
 */
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
     * @param current whether the pod that runs was made from what the spec says, with the addresses that are known
     * @param dialled what was seen at the published URL; empty: nobody dials
     * @param leaving names of hosted nodes that are to go
     */
    public record Given(
            Keys keys,
            Exposed exposed,
            Access access,
            ControlPlaneSettings controlPlane,
            ExposureSettings exposure,
            boolean current,
            Optional<Observation> dialled,
            Set<String> leaving) {

        /** Of the API server; empty: the operator does not reach it. */
        private Optional<String> version() {
            return dialled.flatMap(Observation::available);
        }

        /** Whether nobody has looked yet, as after a restart of the operator. */
        private boolean pending() {
            return dialled.filter(Observation.Pending.class::isInstance).isPresent();
        }
    }

    /** Whether there is an address at which machines can join: a control plane is started with it in its certificate. */
    public static Outcome<Void> joinable(
            Optional<WorkerSettings> settings, ExposureSettings exposure, Exposed exposed) {
        return Outcome.written(exposed.addresses()
                .filter(known -> settings.filter(WorkerSettings::external).isPresent()
                        && exposed.workerAddress().isEmpty())
                .map(exposure.type()::withoutWorkerAddress));
    }

    /**
     * Does what can be done now. A sandbox is told of its endpoint only after the operator itself has reached it there: an
     * agent that once learned a wrong address may keep it.
     *
     * @param settings empty: no machine may join
     * @return empty: none joins, and none did before
     */
    public Optional<Outcome<Joined>> run(Round round, Optional<WorkerSettings> settings, Given given) {
        return settings.map(workers -> join(new Joining(round, workers, given, JoinSecret.of(round.situation()))))
                .or(() -> withdraw(round, given));
    }

    private Outcome<Joined> join(Joining joining) {
        Round round = joining.round();
        Optional<Verdict> overlap = joining.overlap(network.ranges());
        if (overlap.isPresent() || !joining.possible()) {
            return joining.check(overlap, sessions.latest(round.id()));
        }
        WorkerReport report = sessions.observe(round.id(), joining.plan());
        Optional<Verdict> conflict = joining.publish(report);
        // What is published now must be known to be, or its deletion would not be noticed as a wish.
        sessions.observe(round.id(), joining.plan());
        withdrawAllBut(joining.secretNames().values(), round, joining.secrets());
        return joining.check(conflict, report)
                .lookingAgain(conflict.map(refused -> round.now().plus(AFTER_REFUSAL)));
    }

    /** After external workers were turned off, their tokens are withdrawn once the sandbox answers. */
    private Optional<Outcome<Joined>> withdraw(Round round, Given given) {
        if (Optional.ofNullable(round.previous().workers())
                .filter(before -> before.external() || before.hosted() != null)
                .isEmpty()) {
            sessions.forget(round.id());
            return Optional.empty();
        }
        withdrawAllBut(List.of(), round, JoinSecret.of(round.situation()));
        Optional<SandboxAccess> access = given.access().operator(round.sandbox());
        WorkerReport report = given.version().isEmpty() || access.isEmpty()
                ? WorkerReport.UNKNOWN
                : sessions.observe(
                        round.id(),
                        WorkerPlan.withdrawal(access.get(), given.version().get(), given.leaving()));
        if (report.settled() && report.of(WorkerPlan.HOSTED).isEmpty()) {
            sessions.forget(round.id());
            return Optional.empty();
        }
        return Optional.of(Outcome.of(new Joined(report, Optional.empty(), Map.of(), Optional.empty())));
    }

    private static void withdrawAllBut(Collection<String> names, Round round, JoinSecret secrets) {
        round.host()
                .allOwned(Secret.class)
                .filter(secret -> secret.getMetadata().getLabels().containsKey(Labels.WORKER_GROUP))
                .filter(secret -> !names.contains(secret.getMetadata().getName()))
                .toList()
                .forEach(secret -> round.host().apply(secrets.withdrawn(secret)));
    }

    /** One reconciliation of a sandbox that machines may join. */
    private record Joining(Round round, WorkerSettings workers, Given given, JoinSecret secrets) {

        /** Empty: there is no address yet. */
        Optional<JoinSecret.Site> site() {
            return (workers.external()
                            ? given.exposed().forWorkers()
                            : given.exposed().forHosted())
                    .map(joining -> new JoinSecret.Site(
                            joining.host(),
                            joining.port(),
                            given.version().orElse(""),
                            given.controlPlane().podCidr(),
                            given.controlPlane().serviceCidr(),
                            given.controlPlane().clusterDomain()));
        }

        /** The names of the Secrets to publish, by group. */
        Map<String, String> secretNames() {
            Map<String, String> names = new LinkedHashMap<>();
            workers.groups().forEach(group -> names.put(group.name(), secrets.name(group.name())));
            workers.hosted().ifPresent(hosted -> names.put(hosted.group().name(), secrets.hostedName()));
            return names;
        }

        Optional<Verdict> overlap(List<String> ranges) {
            return Overlap.check(
                    given.controlPlane().podCidr(), given.controlPlane().serviceCidr(), ranges, known());
        }

        /** A pod from before external workers were turned on, or the address changed, must not be told of an endpoint. */
        boolean possible() {
            return site().isPresent() && given.version().isPresent() && given.current();
        }

        WorkerPlan plan() {
            JoinSecret.Site site = site().orElseThrow();
            return new WorkerPlan(
                    given.access().operator(round.sandbox()).orElseThrow(),
                    workers.bootstrap(),
                    site.address(),
                    site.port(),
                    site.version(),
                    workers.tokenTtl(),
                    workers.removeNotReadyAfter(),
                    workers.drainTimeout(),
                    workers.allGroups(),
                    epochs(),
                    reserved(),
                    given.leaving(),
                    workers.hosted().map(HostedNodes::publications).orElse(List.of()),
                    round.situation()
                            .container()
                            .map(ContainerStatus::getContainerID)
                            .orElse(""));
        }

        /**
         * Writes the join Secrets, up to one that is refused; empty: none was. Without the sandbox's keys, what is
         * published stays as it is.
         */
        Optional<Verdict> publish(WorkerReport report) {
            if (given.keys().pki().isEmpty()) {
                return Optional.empty();
            }
            ClusterPki pki = given.keys().pki().get();
            Stream<Secret> external = workers.groups().stream()
                    .flatMap(group -> Optional.ofNullable(report.tokens().get(group.name()))
                            .map(token -> secrets.desired(workers, group, token, site().orElseThrow(), pki))
                            .stream());
            Stream<Secret> hosted = workers.hosted().stream()
                    .flatMap(nodes -> Optional.ofNullable(
                            report.tokens().get(nodes.group().name()))
                            .flatMap(token -> given.exposed()
                                    .forHosted()
                                    .map(inside -> secrets.hosted(
                                            nodes, token, inside.url().toString(), pki)))
                            .stream());
            return Stream.concat(external, hosted)
                    .flatMap(secret -> publish(secret).stream())
                    .findFirst();
        }

        private Optional<Verdict> publish(Secret secret) {
            return round.host()
                    .tryApply(secret, present -> round.host().left(present) && JoinSecret.hasTokenOf(present, secret))
                    .problem();
        }

        Outcome<Joined> check(Optional<Verdict> problem, WorkerReport report) {
            Map<String, String> names = new HashMap<>(secretNames());
            names.keySet().retainAll(published().keySet());
            workers.hosted().ifPresent(hosted -> names.remove(hosted.group().name()));
            Joined joined = new Joined(report, site().map(JoinSecret.Site::text), names, problem);
            return workers.external()
                    ? WorkersCheck.check(problem, given.version().isPresent(), joined, lastKnown(report))
                    : Outcome.of(joined);
        }

        /** After a restart of the operator what was reported holds until the sandbox was looked at. */
        private Optional<Verdict> lastKnown(WorkerReport report) {
            boolean notLooked = given.pending()
                    || given.version().isPresent()
                            && !report.known()
                            && report.failure().isEmpty();
            return round.situation()
                    .lastKnown(ConditionType.WorkersReady, given.exposed().url())
                    .filter(reported -> notLooked);
        }

        private Map<String, String> epochs() {
            Map<String, String> epochs = new HashMap<>();
            published().forEach((group, secret) -> secrets.epoch(secret).ifPresent(epoch -> epochs.put(group, epoch)));
            return epochs;
        }

        /** The join Secrets that are there now, by group. */
        private Map<String, Secret> published() {
            Map<String, Secret> published = new HashMap<>();
            secretNames().forEach((group, name) -> round.host()
                    .cached(Secret.class, name)
                    .filter(secret -> round.host().owns(secret) || round.host().left(secret))
                    .ifPresent(secret -> published.put(group, secret)));
            return published;
        }

        /** Addresses of the host cluster that the sandbox's machines or its control plane have to do with. */
        private List<String> known() {
            Optional<PodStatus> pod = round.pod().map(Pod::getStatus);
            return Stream.of(
                            given.exposed().clusterIp(),
                            given.exposed().workerAddress(),
                            pod.map(PodStatus::getPodIP),
                            pod.map(PodStatus::getHostIP))
                    .flatMap(Optional::stream)
                    .toList();
        }

        private Set<String> reserved() {
            Set<String> reserved = new LinkedHashSet<>(given.exposure().names());
            reserved.addAll(known());
            reserved.add(K3s.kubernetesService(given.controlPlane().serviceCidr()));
            reserved.add(K3s.clusterDns(given.controlPlane().serviceCidr()));
            reserved.add(".svc." + given.controlPlane().clusterDomain());
            round.pod().map(present -> present.getMetadata().getName()).ifPresent(reserved::add);
            return reserved;
        }
    }
}
