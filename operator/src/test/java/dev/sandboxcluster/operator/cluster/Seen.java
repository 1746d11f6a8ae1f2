package dev.sandboxcluster.operator.cluster;

import static java.util.stream.Collectors.toMap;

import dev.sandboxcluster.operator.cluster.checks.Verdict;
import dev.sandboxcluster.operator.cluster.desired.Endpoint;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.tenant.FailureKind;
import dev.sandboxcluster.operator.tenant.Observation;
import dev.sandboxcluster.operator.workers.WorkerReport;
import dev.sandboxcluster.operator.workers.join.JoinToken;
import dev.sandboxcluster.operator.workers.policy.NodeVerdict;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
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
        Workers workers) {

    static final ClusterPki KEYS = ClusterPki.mint("demo", Instant.parse("2026-11-26T08:00:00Z"));

    /**
     * One of four.
     *
     * @param pending no attempt has ended yet
     * @param available the version
     * @param readOnly the version; the message is the answer to a write
     * @param failing how; the message says what was seen
     */
    record Api(boolean pending, String available, String readOnly, FailureKind failing, String message) {

        private Observation observation() {
            if (available != null) {
                return new Observation.Available(available);
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
     * @param failure why the sandbox could not be asked
     */
    record Workers(
            Verdict problem,
            String address,
            Map<String, String> joinSecrets,
            Map<String, Instant> tokens,
            List<Node> nodes,
            List<Refusal> refusals,
            String failure) {}

    record Node(
            String name,
            String group,
            boolean ready,
            String version,
            Instant lastSeen,
            String reason,
            String message) {}

    record Refusal(String node, String group, String reason, String message) {}

    ObjectWriter.Written written(Optional<PersistentVolumeClaim> claim) {
        return new ObjectWriter.Written(
                Optional.ofNullable(problem),
                credentials,
                Optional.empty(),
                claim,
                Optional.ofNullable(volume),
                Optional.ofNullable(kubeconfig).map(Seen::secret),
                Optional.ofNullable(url).map(known -> new Endpoint(known, Optional.empty())),
                Optional.of(KEYS).filter(any -> keys));
    }

    Optional<Observation> observation() {
        return Optional.ofNullable(api).map(Api::observation);
    }

    Optional<WorkerStage.Outcome> outcome() {
        return Optional.ofNullable(workers)
                .map(seen -> new WorkerStage.Outcome(
                        Optional.ofNullable(seen.problem()),
                        report(seen),
                        Optional.ofNullable(seen.address()),
                        orEmpty(seen.joinSecrets())));
    }

    private static WorkerReport report(Workers seen) {
        return new WorkerReport(
                orEmpty(seen.tokens()).entrySet().stream().collect(toMap(Map.Entry::getKey, Seen::token)),
                orEmpty(seen.nodes()).stream().map(Seen::verdict).toList(),
                orEmpty(seen.refusals()).stream().map(Seen::refusal).toList(),
                true,
                Optional.ofNullable(seen.failure()));
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
