package dev.sandboxcluster.operator.cluster;

import static java.util.stream.Collectors.toMap;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.capability.access.Access;
import dev.sandboxcluster.operator.capability.access.EndpointCheck;
import dev.sandboxcluster.operator.capability.classes.Classed;
import dev.sandboxcluster.operator.capability.controlplane.ControlPlaneCheck;
import dev.sandboxcluster.operator.capability.controlplane.Scale;
import dev.sandboxcluster.operator.capability.doze.Slept;
import dev.sandboxcluster.operator.capability.exposure.Endpoint;
import dev.sandboxcluster.operator.capability.exposure.Exposed;
import dev.sandboxcluster.operator.capability.keys.Keys;
import dev.sandboxcluster.operator.capability.lifetime.Life;
import dev.sandboxcluster.operator.capability.lifetime.LifetimeCheck;
import dev.sandboxcluster.operator.capability.renewal.RenewalCheck;
import dev.sandboxcluster.operator.capability.storage.StorageCheck;
import dev.sandboxcluster.operator.capability.storage.Stored;
import dev.sandboxcluster.operator.capability.workers.external.Joined;
import dev.sandboxcluster.operator.capability.workers.external.WorkerSettings;
import dev.sandboxcluster.operator.capability.workers.external.WorkersCheck;
import dev.sandboxcluster.operator.capability.workers.external.join.JoinToken;
import dev.sandboxcluster.operator.capability.workers.external.plan.Forwarded;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict;
import dev.sandboxcluster.operator.capability.workers.hosted.HostedWorkersCheck;
import dev.sandboxcluster.operator.capability.workers.hosted.PublishedCheck;
import dev.sandboxcluster.operator.capability.workers.simulated.SimulatedWorkersCheck;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.CalloutReport;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.SimulationReport;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.sandbox.Failure;
import dev.sandboxcluster.operator.sandbox.Heap;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code in-seen.yaml}: what a status says that is in no object of the host cluster.
 *
 * @param failure of the operator itself; there is nothing else then
 * @param keys whether the cluster has keys that can be used
 * @param credentials the verdict on keys and kubeconfig
 * @param kubeconfig the Secret in which one is published
 * @param url the published one
 * @param problem what keeps an object from being written
 * @param volume what keeps the claim from being as it should
 * @param api what the operator saw when it dialled; null: it doesn't dial
 * @param workers null: there can be none
 * @param simulated null: nobody has looked
 * @param hosted null: no pods, and nothing in their way
 */
record Seen(
        String failure,
        boolean keys,
        Verdict credentials,
        String kubeconfig,
        URI url,
        Verdict problem,
        Verdict volume,
        Api api,
        Workers workers,
        Simulated simulated,
        Hosted hosted) {

    static final ClusterPki KEYS = ClusterPki.mint("demo", Instant.parse("2026-11-26T08:00:00Z"));

    /**
     * One of four.
     *
     * @param pending no attempt has ended yet
     * @param available the version
     * @param heap with {@code available}; null: not looked at
     * @param readOnly the version; the message is the answer to a write
     * @param failing how; the message says what was seen
     */
    record Api(boolean pending, String available, Heap heap, String readOnly, EndpointFailure failing, String message) {

        private Observation observation() {
            if (available != null) {
                return new Observation.Available(available, Optional.ofNullable(heap));
            }
            if (readOnly != null) {
                return new Observation.ReadOnly(readOnly, message);
            }
            return pending ? new Observation.Pending() : new Observation.Failing(failing, message);
        }
    }

    /**
     * External workers.
     *
     * @param problem what keeps machines from joining
     * @param address at which they join
     * @param joinSecrets by group
     * @param tokens when those of the groups expire
     * @param obstacles why hosted nodes don't forward a Service, by its name in the spec
     * @param failure why the sandbox could not be asked
     */
    record Workers(
            Verdict problem,
            String address,
            Map<String, String> joinSecrets,
            Map<String, Instant> tokens,
            List<Node> nodes,
            List<Refusal> refusals,
            Map<String, String> obstacles,
            String failure) {}

    /**
     * Hosted workers; their nodes are among {@code workers}.
     *
     * @param problem what keeps them from being there
     * @param services of the host cluster by which those of the sandbox are reached, by names in the spec
     * @param ingresses the same
     * @param refused why one isn't there
     */
    record Hosted(
            Verdict problem,
            List<Pod> pods,
            Map<String, Service> services,
            Map<String, Ingress> ingresses,
            Map<String, Verdict> refused) {}

    /**
     * Simulated workers.
     *
     * @param callouts what asks Services of simulated pods alone; null: nobody has looked
     */
    record Simulated(
            boolean looked, int nodes, int ready, List<String> notReady, List<String> taken, Callouts callouts) {

        private SimulationReport report() {
            return new SimulationReport(
                    looked,
                    nodes,
                    ready,
                    orEmpty(notReady),
                    orEmpty(taken),
                    Optional.ofNullable(callouts).map(Callouts::report).orElse(CalloutReport.UNKNOWN),
                    Optional.empty());
        }
    }

    /**
     * What asks Services of simulated pods alone.
     *
     * @param writtenBack names of those that somebody writes back
     * @param refused what the cluster says to the operator's change
     */
    record Callouts(List<Asking> asking, List<String> writtenBack, String refused) {

        private CalloutReport report() {
            return CalloutReport.of(
                    orEmpty(asking).stream().map(Asking::callout).toList(),
                    any -> true,
                    callout -> orEmpty(writtenBack).contains(callout.name()),
                    false,
                    Optional.ofNullable(refused).map(why -> new Failure(Reason.SANDBOX_REFUSED, why)));
        }
    }

    /** One of them. */
    record Asking(
            Callout.Kind kind,
            String name,
            String namespace,
            String service,
            String failurePolicy,
            int timeoutSeconds) {

        private Callout callout() {
            return new Callout(
                    kind,
                    name,
                    "1",
                    false,
                    false,
                    Map.of(),
                    List.of(new Callout.Entry(
                            "",
                            Optional.of(new Callout.Service(namespace, service)),
                            new Callout.Policy(
                                    Optional.ofNullable(failurePolicy).orElse("Fail"), timeoutSeconds))));
        }
    }

    record Node(
            String name,
            String group,
            boolean ready,
            String version,
            Instant lastSeen,
            String reason,
            String message) {}

    record Refusal(String node, String group, String reason, String message) {}

    /** What the stages come to when they see this. */
    Results results(
            Situation situation, Settings settings, Optional<PersistentVolumeClaim> claim, List<Event> warnings) {
        Optional<String> published = Optional.ofNullable(url).map(URI::toString);
        Optional<Observation> observation = Optional.ofNullable(api).map(Api::observation);
        Stored stored = new Stored(claim, Optional.ofNullable(volume), volume == null);
        boolean answers = observation.flatMap(Observation::available).isPresent();
        Outcome<Life> life = LifetimeCheck.check(settings.lifetime(), situation.now());
        return new Results(
                Outcome.of(Classed.without(SandboxClusterSpec.EMPTY)),
                life,
                Outcome.of(Slept.NEVER),
                List.of(Outcome.written(Optional.ofNullable(problem)), Outcome.of(stored)),
                new Keys(Optional.of(KEYS).filter(any -> keys), Optional.empty()),
                new Exposed(
                        Optional.empty(),
                        Optional.ofNullable(url).map(known -> new Endpoint(known, Optional.empty())),
                        Optional.empty(),
                        Optional.empty()),
                stored,
                Outcome.of(new Access(
                                Optional.ofNullable(kubeconfig).map(Seen::secret),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                false))
                        .reporting(ConditionType.CredentialsReady, credentials),
                EndpointCheck.check(situation, false, Optional.empty(), published, observation),
                RenewalCheck.check(situation, settings.renewal(), claim),
                Scale.of(Optional.empty(), life.value().suspend())
                        .stopped(situation.pod())
                        .orElseGet(() -> ControlPlaneCheck.check(situation, warnings, published, observation)),
                Outcome.of(null),
                StorageCheck.check(situation, settings.storage(), stored, published, observation, warnings),
                Outcome.of(null),
                Outcome.of(null),
                Outcome.of(null),
                Optional.ofNullable(workers).map(seen -> joined(settings, answers, seen)),
                settings.simulated()
                        .map(wanted -> SimulatedWorkersCheck.check(
                                situation,
                                wanted,
                                Optional.ofNullable(simulated)
                                        .filter(any -> answers)
                                        .map(Simulated::report))),
                settings.hosted()
                        .map(wanted -> HostedWorkersCheck.check(
                                situation,
                                wanted,
                                new HostedWorkersCheck.Observed(
                                        Optional.ofNullable(hosted).map(Hosted::problem),
                                        answers,
                                        Optional.ofNullable(workers)
                                                .map(Seen::report)
                                                .orElse(WorkerReport.UNKNOWN),
                                        Optional.ofNullable(hosted)
                                                .map(Hosted::pods)
                                                .orElse(List.of()),
                                        warnings,
                                        Optional.ofNullable(hosted)
                                                .map(found -> new PublishedCheck.OnHost(
                                                        orEmpty(found.services()),
                                                        orEmpty(found.ingresses()),
                                                        orEmpty(found.refused())))
                                                .orElse(PublishedCheck.OnHost.NONE)))));
    }

    private static Outcome<Joined> joined(Settings settings, boolean reached, Workers seen) {
        Joined joined = new Joined(
                report(seen), Optional.ofNullable(seen.address()), orEmpty(seen.joinSecrets()), Optional.empty());
        return settings.workers().filter(WorkerSettings::external).isPresent()
                ? WorkersCheck.check(Optional.ofNullable(seen.problem()), reached, joined, Optional.empty())
                : Outcome.of(joined);
    }

    private static WorkerReport report(Workers seen) {
        return new WorkerReport(
                orEmpty(seen.tokens()).entrySet().stream().collect(toMap(Map.Entry::getKey, Seen::token)),
                orEmpty(seen.nodes()).stream().map(Seen::verdict).toList(),
                orEmpty(seen.refusals()).stream().map(Seen::refusal).toList(),
                orEmpty(seen.obstacles()).entrySet().stream()
                        .map(one -> Forwarded.not(one.getKey(), one.getValue()))
                        .toList(),
                true,
                Optional.ofNullable(seen.failure()).map(why -> new Failure(Reason.SANDBOX_UNREACHABLE, why)));
    }

    private static WorkerReport.PublishedToken token(Map.Entry<String, Instant> expiration) {
        return new WorkerReport.PublishedToken(
                "epoch", new JoinToken("abcdef", "0123456789abcdef", expiration.getValue()));
    }

    private static NodeVerdict verdict(Node node) {
        return new NodeVerdict(
                node.name(),
                Optional.ofNullable(node.group()),
                node.ready(),
                node.version(),
                Optional.ofNullable(node.lastSeen()),
                node.reason(),
                node.message());
    }

    private static WorkerReport.Refusal refusal(Refusal refusal) {
        return new WorkerReport.Refusal(
                refusal.node(), Optional.ofNullable(refusal.group()), refusal.reason(), refusal.message());
    }

    private static Secret secret(String name) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .build();
    }

    private static <K, V> Map<K, V> orEmpty(Map<K, V> map) {
        return Optional.ofNullable(map).orElse(Map.of());
    }

    private static <T> List<T> orEmpty(List<T> list) {
        return Optional.ofNullable(list).orElse(List.of());
    }
}
