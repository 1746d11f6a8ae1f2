package dev.sandboxcluster.operator.capability.classes;

import dev.sandboxcluster.api.v1alpha1.ClassLimits.NamespaceLimits;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Whether one more sandbox of a class fits into its namespace; pure. Those that are in stay in. Of those that wait, the
 * oldest that fits comes first; of the same second, the first by name.
 */
record NamespaceQuota(NamespaceLimits limits) {

    /**
     * A sandbox of the class.
     *
     * @param uid of its SandboxCluster
     * @param created RFC 3339
     */
    record Member(String uid, String created, String name, Quantity memory) {}

    /** What is there, as a sum. */
    private record Sum(int sandboxes, BigDecimal memory) {

        Sum plus(Member one) {
            return new Sum(sandboxes + 1, memory.add(one.memory().getNumericalAmount()));
        }
    }

    /**
     * What is in the way of one.
     *
     * @param in those that are in
     * @param waiting the others that would be in if there were room
     * @return a message; empty: it fits
     */
    Optional<String> obstacle(Member one, List<Member> in, List<Member> waiting) {
        Sum there = in.stream().reduce(new Sum(0, BigDecimal.ZERO), Sum::plus, (first, second) -> second);
        Comparator<Member> order = Comparator.comparing(Member::created).thenComparing(Member::name);
        Sum before = waiting.stream()
                .filter(other -> order.compare(other, one) < 0)
                .sorted(order)
                .reduce(
                        there,
                        (sum, other) -> fits(sum.plus(other)) ? sum.plus(other) : sum,
                        (first, second) -> second);
        return fits(before.plus(one)) ? Optional.empty() : Optional.of(message(one, before));
    }

    private boolean fits(Sum sum) {
        return (limits.sandboxes() == null || sum.sandboxes() <= limits.sandboxes())
                && (limits.memory() == null
                        || sum.memory().compareTo(new Quantity(limits.memory()).getNumericalAmount()) <= 0);
    }

    private String message(Member one, Sum before) {
        return limits.sandboxes() != null && before.sandboxes() >= limits.sandboxes()
                ? "may have " + limits.sandboxes() + " of them, and has as many, or others came first"
                : "may have " + limits.memory() + " of memory for them in all, and this one's " + one.memory()
                        + " would be too much";
    }
}
