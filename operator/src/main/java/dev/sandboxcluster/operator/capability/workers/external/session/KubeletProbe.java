package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import dev.sandboxcluster.operator.verdict.Wording;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Whether a sandbox's API server reaches the kubelets, as it must for logs and exec: asked of each kubelet's own health
 * endpoint, through the API server's proxy. One failure may be chance; the second in a row counts. Nobody waits for the
 * answers: a kubelet takes its time, or sends a byte now and then.
 */
final class KubeletProbe {

    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int AT_A_TIME = 16;

    private final Map<String, Result> results = new ConcurrentHashMap<>();
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

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

    /**
     * Asks those nodes that it is time for, as many as may be asked at a time.
     *
     * @param onChange told when another answer came than before
     */
    void probe(SandboxSession sandbox, Set<String> nodes, Clock clock, Runnable onChange) {
        results.keySet().retainAll(nodes);
        Instant now = clock.instant();
        for (String node : nodes) {
            Result last = results.get(node);
            if (asked.size() < AT_A_TIME && (last == null || !now.isBefore(last.next())) && asked.add(node)) {
                CompletableFuture.completedFuture("/api/v1/nodes/" + node + "/proxy/healthz")
                        .thenCompose(path -> sandbox.ask(path, PATIENCE))
                        // Also where the connection was closed meanwhile, and nobody tells.
                        .orTimeout(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .handle((answer, failure) -> failure == null && reached(node, answer))
                        .thenAccept(reached -> {
                            int failures = reached ? 0 : last == null ? 1 : last.failures() + 1;
                            results.put(node, new Result(clock.instant(), failures));
                            asked.remove(node);
                            if (last == null || Math.min(2, last.failures()) != Math.min(2, failures)) {
                                onChange.run();
                            }
                        });
            }
        }
    }

    private static boolean reached(String node, SandboxSession.Answer answer) {
        return answer.code() / 100 == 2
                // The user chose to have kubelets reached by names that only the tunnel knows: nothing can be told.
                || Wording.NO_ADDRESS.isSaidIn(answer.text(), node);
    }
}
