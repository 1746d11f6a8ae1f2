package dev.sandboxcluster.operator.capability.workers.hosted;

import dev.sandboxcluster.api.v1alpha1.HostedWorkersStatus;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.WorkersStatus;
import dev.sandboxcluster.operator.capability.exposure.Endpoint;
import dev.sandboxcluster.operator.capability.workers.external.Joined;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerPlan;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict;
import dev.sandboxcluster.operator.capability.workers.hosted.HostedWorkersCheck.Observed;
import dev.sandboxcluster.operator.config.IngressPolicy;
import dev.sandboxcluster.operator.host.HostNetwork;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.Written;
import dev.sandboxcluster.operator.objects.Times;
import dev.sandboxcluster.operator.verdict.Line;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The pods of the host cluster that are a sandbox's nodes. What they join with is the external workers' stage's. */
public final class HostedWorkersStage {

    private static final Duration WHILE_STARTING = Duration.ofSeconds(15);

    /** Nothing tells when what is in the way of a published Service has gone. */
    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(30);

    private final HostNetwork network;
    private final boolean clusterWide;
    private final Optional<IngressPolicy> ingresses;

    /**
     * Makes the stage.
     *
     * @param network the host cluster's address ranges
     * @param clusterWide whether RuntimeClasses may be read
     * @param ingresses which may be made; empty: none
     */
    public HostedWorkersStage(HostNetwork network, boolean clusterWide, Optional<IngressPolicy> ingresses) {
        this.network = network;
        this.clusterWide = clusterWide;
        this.ingresses = ingresses;
    }

    /**
     * What the stages before it have found out.
     *
     * @param joined what is known of all workers that join; empty: none does
     * @param caHash of the CA by which they know the control plane; empty: there are no keys
     * @param reached whether the operator reaches the control plane
     * @param current whether the pod that runs was made from what the spec says
     * @param suspend whether the control plane is to have no pod
     * @param objectsOf of which life the sandbox's objects are; empty: there is none
     * @param forWorkers where external workers join, and agents are told that the API is; empty: none do
     * @param drainTimeout how long the eviction of a node's pods may take
     */
    public record Given(
            Optional<Joined> joined,
            Optional<String> caHash,
            boolean reached,
            boolean current,
            boolean suspend,
            Optional<String> objectsOf,
            Optional<Endpoint> forWorkers,
            Duration drainTimeout) {

        private WorkerReport report() {
            return joined.map(Joined::report).orElse(WorkerReport.UNKNOWN);
        }

        /** Names of the hosted nodes that there are; empty: not known for sure. */
        private Optional<Set<String>> nodes() {
            return Optional.of(report())
                    .filter(report -> reached && report.settled())
                    .map(report -> report.of(WorkerPlan.HOSTED).stream()
                            .map(NodeVerdict::name)
                            .collect(Collectors.toSet()));
        }
    }

    /** The names of nodes that are to be drained and removed; no request. */
    public static Set<String> leaving(Round round, Optional<HostedSettings> settings) {
        return settings.map(hosted -> hosted.nodes().count())
                .or(() -> before(round).map(any -> 0))
                .map(HostedScale::leaving)
                .orElse(Set.of());
    }

    /** The life of a sandbox's objects, which are with a pod or on a volume. */
    public static String life(HasMetadata where) {
        return where.getMetadata().getUid();
    }

    /** Ends all pods: there is no control plane that they could ask. One request at most. */
    public static void stop(Round round) {
        present(round).ifPresent(there -> scale(round, there, HostedScale.Step.to(0)));
    }

    /**
     * Writes what the pods are made from, once the sandbox answers; three requests at most, and one for each Service that
     * is published.
     *
     * @param settings empty: there are to be none
     * @return empty: there are none, and were none before
     */
    public Optional<Outcome<HostedWorkersStatus>> run(Round round, Optional<HostedSettings> settings, Given given) {
        if (settings.isEmpty()) {
            return withdraw(round, given);
        }
        HostedSettings hosted = settings.get();
        Optional<Verdict> refused = HostedPolicyCheck.check(hosted, runtimeClasses(round));
        Publishing publishing = new Publishing(round, ingresses);
        if (refused.isPresent() || given.suspend()) {
            stop(round);
            publishing.settle(hosted.published());
            return Optional.of(look(round, hosted, given, refused, PublishedCheck.OnHost.NONE));
        }
        Map<String, Integer> ports = PublishedCheck.ports(
                publishing.allowed(hosted.published()), given.report(), given.reached(), publishing.forwarded());
        Optional<Verdict> obstacle = given.joined().flatMap(Joined::obstacle);
        Optional<Verdict> problem = obstacle.isEmpty() && isStartable(round, given)
                ? write(round, hosted, ports, given)
                : keep(round, hosted, ports, given);
        return Optional.of(
                look(round, hosted, given, obstacle.or(() -> problem), publishing.write(hosted.published(), ports)));
    }

    /** Until they know with what to join, pods would only wait. */
    private static boolean isStartable(Round round, Given given) {
        return given.current()
                && given.nodes().isPresent()
                && given.caHash().isPresent()
                && given.objectsOf().isPresent()
                && round.host()
                        .cached(Secret.class, HostedObjects.name(round.sandbox()))
                        .filter(round.host()::owns)
                        .isPresent();
    }

    private Optional<Verdict> write(Round round, HostedSettings hosted, Map<String, Integer> ports, Given given) {
        Optional<StatefulSet> present = present(round);
        Set<String> nodes = given.nodes().orElseThrow();
        HostedScale.Step step = step(round, hosted.nodes().count(), present, given);
        Map<String, Instant> rejoin =
                HostedScale.rejoin(hosted.nodes().names(), nodes, pods(round, present), rejoining(round), round.now());
        return Stream.<HasMetadata>of(
                        wall(round, hosted, ports, given),
                        HostedConfigMap.desired(round.sandbox(), rejoin),
                        HostedStatefulSet.desired(
                                round.sandbox(),
                                hosted,
                                given.caHash().orElseThrow(),
                                given.objectsOf().orElseThrow(),
                                step,
                                present))
                .flatMap(object -> round.host().tryApply(object).problem().stream())
                .findFirst();
    }

    /**
     * Of pods that are there, what doesn't need the sandbox: whoever administers it, and has the operator learn nothing of it,
     * must not keep what isn't wanted any more.
     */
    private Optional<Verdict> keep(Round round, HostedSettings hosted, Map<String, Integer> ports, Given given) {
        Optional<StatefulSet> present = present(round);
        return present.flatMap(there -> round.host()
                .tryApply(wall(round, hosted, ports, given))
                .problem()
                .or(() -> scale(round, there, step(round, hosted.nodes().count(), present, given))));
    }

    private NetworkPolicy wall(Round round, HostedSettings hosted, Map<String, Integer> ports, Given given) {
        return HostedNetworkPolicy.desired(
                round.sandbox(),
                network.ranges(),
                hosted.internet(),
                ports.values(),
                given.forWorkers().map(at -> Map.entry(at.host(), at.port())));
    }

    private static HostedScale.Step step(Round round, int wanted, Optional<StatefulSet> present, Given given) {
        return HostedScale.step(
                wanted,
                present.map(HostedWorkersStage::replicas).orElse(0),
                given.nodes(),
                present.flatMap(HostedStatefulSet::tooManySince),
                given.drainTimeout(),
                round.now());
    }

    /** Takes pods away; more of them are made only by what a spec says now. */
    private static Optional<Verdict> scale(Round round, StatefulSet there, HostedScale.Step step) {
        boolean same =
                step.replicas() == replicas(there) && step.tooManySince().equals(HostedStatefulSet.tooManySince(there));
        return same || step.replicas() > replicas(there)
                ? Optional.empty()
                : round.host()
                        .tryApply(HostedStatefulSet.scaled(round.sandbox(), there, step))
                        .problem();
    }

    private Outcome<HostedWorkersStatus> look(
            Round round,
            HostedSettings hosted,
            Given given,
            Optional<Verdict> problem,
            PublishedCheck.OnHost published) {
        Optional<StatefulSet> present = present(round);
        List<Pod> pods = pods(round, present);
        List<Event> warnings = present.filter(there -> pods.size() < replicas(there))
                .map(there -> round.warningsAbout(List.of(there)))
                .orElse(List.of());
        Outcome<HostedWorkersStatus> outcome = HostedWorkersCheck.check(
                round.situation(),
                hosted,
                new Observed(problem, given.reached(), given.report(), pods, warnings, published));
        Optional<Instant> overdue = pods.stream()
                .flatMap(pod -> HostedWorkersCheck.overdueAt(pod).stream())
                .filter(round.now()::isBefore)
                .min(Comparator.naturalOrder());
        boolean waiting = given.reached() && problem.isEmpty() && !isComplete(hosted, given);
        return outcome.lookingAgain(Stream.of(
                        Optional.of(round.now().plus(WHILE_STARTING)).filter(any -> waiting),
                        Optional.of(round.now().plus(AFTER_REFUSAL))
                                .filter(any -> !published.refused().isEmpty()),
                        overdue,
                        HostedScale.Step.until(present.flatMap(HostedStatefulSet::tooManySince), given.drainTimeout())
                                .filter(round.now()::isBefore))
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder()));
    }

    private static boolean isComplete(HostedSettings hosted, Given given) {
        return given.nodes()
                .filter(there -> there.equals(Set.copyOf(hosted.nodes().names())))
                .isPresent();
    }

    /** After they were turned off: where others go on, nodes are drained; else they have no control plane any more. */
    private Optional<Outcome<HostedWorkersStatus>> withdraw(Round round, Given given) {
        Optional<HostedWorkersStatus> before = before(round);
        Optional<StatefulSet> present = present(round).filter(there -> replicas(there) > 0);
        if (before.isEmpty() && present.isEmpty()) {
            return Optional.empty();
        }
        new Publishing(round, ingresses).write(List.of(), Map.of());
        boolean others =
                given.joined().filter(joined -> joined.address().isPresent()).isPresent();
        HostedScale.Step step = others ? step(round, 0, present, given) : HostedScale.Step.to(0);
        present.ifPresent(there -> scale(round, there, step));
        boolean gone =
                given.joined().isEmpty() || given.nodes().filter(Set::isEmpty).isPresent();
        return gone && step.replicas() == 0
                ? Optional.empty()
                : Optional.of(Outcome.of(HostedWorkersCheck.status(round.situation(), given.report()))
                        .lookingAgain(Optional.of(round.now().plus(WHILE_STARTING))));
    }

    private Optional<List<RuntimeClass>> runtimeClasses(Round round) {
        return clusterWide
                ? Optional.of(round.host().allCached(RuntimeClass.class).toList())
                : Optional.empty();
    }

    private static Optional<HostedWorkersStatus> before(Round round) {
        return Optional.ofNullable(round.previous().workers()).map(WorkersStatus::hosted);
    }

    private static Optional<StatefulSet> present(Round round) {
        return round.host()
                .cached(StatefulSet.class, HostedObjects.name(round.sandbox()))
                .filter(round.host()::owns);
    }

    private static int replicas(StatefulSet statefulSet) {
        return Optional.ofNullable(statefulSet.getSpec().getReplicas()).orElse(1);
    }

    private static List<Pod> pods(Round round, Optional<StatefulSet> present) {
        return present.map(there -> round.host().allOwnedBy(there, Pod.class).toList())
                .orElse(List.of());
    }

    private static Map<String, Instant> rejoining(Round round) {
        Map<String, Instant> rejoining = new TreeMap<>();
        round.host()
                .cached(ConfigMap.class, HostedObjects.name(round.sandbox()))
                .map(ConfigMap::getData)
                .orElse(Map.of())
                .forEach((file, text) -> {
                    if (file.endsWith(HostedConfigMap.REJOIN)) {
                        Times.of(text)
                                .ifPresent(since -> rejoining.put(
                                        file.substring(0, file.length() - HostedConfigMap.REJOIN.length()), since));
                    }
                });
        return rejoining;
    }

    /**
     * The Services and Ingresses of the host cluster by which Services of a sandbox are reached.
     *
     * @param policy which Ingresses may be made: where none may, they are neither watched nor written
     */
    private record Publishing(Round round, Optional<IngressPolicy> policy) {

        private static final int MESSAGE = 300;

        /** Those that may be: nobody is let in to others. */
        List<Published> allowed(List<Published> wanted) {
            return wanted.stream()
                    .filter(published -> refusal(published).isEmpty())
                    .toList();
        }

        /** The ports of nodes to which those that are there lead, by names in the spec; no request. */
        Map<String, Integer> forwarded() {
            Map<String, Integer> ports = new TreeMap<>();
            there(Service.class).forEach((name, service) -> PublishingService.forwards(round.sandbox(), service)
                    .ifPresent(port -> ports.put(name, port)));
            return ports;
        }

        /** Of those that are there, has only those be there that are wanted, and as they are; no more are made. */
        void settle(List<Published> wanted) {
            Set<String> there = there(Service.class).keySet();
            write(
                    wanted.stream()
                            .filter(published -> there.contains(published.name()))
                            .toList(),
                    forwarded());
        }

        /**
         * Writes them. Services that aren't wanted any more lead nowhere, and Ingresses are deleted.
         *
         * @param ports of nodes, by names in the spec; what has none leads nowhere
         */
        PublishedCheck.OnHost write(List<Published> wanted, Map<String, Integer> ports) {
            Map<String, Service> surplus = there(Service.class);
            Map<String, Service> services = new TreeMap<>();
            Map<String, Verdict> refused = new TreeMap<>();
            for (Published published : wanted) {
                String name = published.name();
                refusal(published).ifPresentOrElse(why -> refused.put(name, why), () -> {
                    Written<Service> service = attempt(PublishingService.desired(
                            round.sandbox(),
                            published,
                            Optional.ofNullable(ports.get(name)),
                            Optional.ofNullable(surplus.remove(name))));
                    service.object().ifPresent(known -> services.put(name, known));
                    service.problem().ifPresent(why -> refused.put(name, why));
                });
            }
            surplus.values()
                    .forEach(service -> round.host().tryApply(PublishingService.withdrawn(round.sandbox(), service)));
            return new PublishedCheck.OnHost(services, ingresses(wanted, refused), refused);
        }

        /** @param refused why one isn't written; what keeps another from being written is added */
        private Map<String, Ingress> ingresses(List<Published> wanted, Map<String, Verdict> refused) {
            Map<String, Ingress> ingresses = new TreeMap<>();
            policy.ifPresent(known -> {
                Map<String, Ingress> surplus = there(Ingress.class);
                for (Published published : wanted) {
                    String name = published.name();
                    published
                            .ingress()
                            .filter(any -> !refused.containsKey(name))
                            .ifPresent(ingress -> {
                                surplus.remove(name);
                                Written<Ingress> written =
                                        attempt(PublishingIngress.desired(round.sandbox(), published, ingress, known));
                                written.object().ifPresent(there -> ingresses.put(name, there));
                                written.problem().ifPresent(why -> refused.put(name, why));
                            });
                }
                surplus.values().forEach(round.host()::delete);
            });
            return ingresses;
        }

        /** What an Ingress controller's webhook can't answer is the matter of what is published alone. */
        private <R extends HasMetadata> Written<R> attempt(R desired) {
            try {
                return round.host().tryApply(desired);
            } catch (KubernetesClientException failed) {
                if (failed.getCode() != HttpURLConnection.HTTP_INTERNAL_ERROR) {
                    throw failed;
                }
                return new Written<>(
                        Optional.empty(),
                        Optional.of(Verdict.fails(
                                Reason.HOST_API_REFUSED,
                                "The host cluster can't take " + desired.getKind() + " "
                                        + desired.getMetadata().getName() + ", which is tried again: "
                                        + Line.of(String.valueOf(failed.getMessage()), MESSAGE))));
            }
        }

        private Optional<Verdict> refusal(Published published) {
            return published
                    .ingress()
                    .flatMap(ingress -> PublishingIngress.refused(round.sandbox(), published, ingress, policy));
        }

        private <R extends HasMetadata> Map<String, R> there(Class<R> type) {
            Map<String, R> there = new TreeMap<>();
            round.host().allOwned(type).forEach(object -> Optional.ofNullable(
                            object.getMetadata().getLabels().get(Labels.PUBLISHED))
                    .filter(name ->
                            object.getMetadata().getName().equals(PublishingService.name(round.sandbox(), name)))
                    .ifPresent(name -> there.put(name, object)));
            return there;
        }
    }
}
