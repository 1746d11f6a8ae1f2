package dev.sandboxcluster.operator.capability.doze;

import dev.sandboxcluster.operator.capability.doze.plan.Order;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.time.Instant;
import java.util.Optional;

/**
 * What is to be done about a sandbox's sleep.
 *
 * @param sleep what the router is told
 * @param order what the processes of the running container are told; empty: nothing
 * @param verdict that on {@code Dozing}; empty: nobody wants it to doze
 * @param lookAgain when to decide again though nothing happens
 */
record Doze(Sleep sleep, Optional<Order> order, Optional<Verdict> verdict, Optional<Instant> lookAgain) {

    /** Whether the operator leaves the sandbox alone, lest it see a stopped one as broken. */
    boolean resting() {
        return verdict.filter(Verdict::met).isPresent();
    }
}
