package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.operator.verdict.Wording;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a sandbox's API server reaches the kubelets, as it must for logs and exec: asked of each kubelet's own health
 * endpoint, through the API server's proxy. One failure may be chance; the second in a row counts.
 */
final class KubeletProbe {

    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
    /** Probing goes on later when it has taken this long: nodes that do not answer take their time each. */
    private static final Duration BUDGET = Duration.ofSeconds(10);

    private final Map<String, Result> results = new HashMap<>();

    private record Result(Instant at, int failures) {

        Instant next() {
            return at.plus(failures == 0 ? INTERVAL : AFTER_FAILURE.multipliedBy(Math.min(failures, 6)));
        }
    }

    /** What is known of a node; empty: nothing yet. */
    Optional<Boolean> reachable(String node) {
        return Optional.ofNullable(results.get(node)).flatMap(result -> switch (result.failures()) {
            case 0 -> Optional.of(true);
            case 1 -> Optional.empty();
            default -> Optional.of(false);
        });
    }

    /** Asks those nodes that it is time for. */
    void probe(KubernetesClient sandbox, Set<String> nodes, Clock clock) {
        results.keySet().retainAll(nodes);
        Instant end = clock.instant().plus(BUDGET);
        for (String node : nodes) {
            Instant now = clock.instant();
            Result last = results.get(node);
            if (now.isAfter(end)) {
                return;
            }
            if (last == null || !now.isBefore(last.next())) {
                results.put(node, new Result(now, answers(sandbox, node) ? 0 : last == null ? 1 : last.failures() + 1));
            }
        }
    }

    private static boolean answers(KubernetesClient sandbox, String node) {
        try {
            return sandbox.raw("/api/v1/nodes/" + node + "/proxy/healthz") != null;
        } catch (KubernetesClientException e) {
            // The user chose to have kubelets reached by names that only the tunnel knows: nothing can be told.
            return Wording.NO_ADDRESS.isSaidIn(String.valueOf(e.getMessage()), node);
        }
    }
}
