package dev.sandboxcluster.operator.router;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Where a sandbox is, how it does, and what was said last of those who use it.
 *
 * @param generation of the object that says so
 * @param serverNames its TLS server names, in lower case
 * @param quietServerNames further ones; who comes by these counts as nobody
 * @param addresses where it is dialled, in this order; none: nothing runs
 * @param reportEvery how often is said that somebody uses it
 * @param demandedGeneration the generation that was asleep when somebody came
 * @param lastUsedAt as was said last
 */
public record Route(
        Id id,
        long generation,
        Set<String> serverNames,
        Set<String> quietServerNames,
        List<InetSocketAddress> addresses,
        State state,
        Duration reportEvery,
        OptionalLong demandedGeneration,
        Optional<Instant> lastUsedAt) {

    /** One object; what is made anew under the same name is another. */
    public record Id(String namespace, String name, String uid) {

        /** What at any time but one of them has. */
        String key() {
            return namespace + "/" + name;
        }
    }

    /** Whether nothing answers until the operator has woken it. */
    boolean asleep() {
        return state == State.Dozing || state == State.Suspended;
    }

    /** Whether a demand is of no use, for it was said already. */
    boolean demanded() {
        return demandedGeneration.isPresent() && demandedGeneration.getAsLong() == generation;
    }
}
