package dev.sandboxcluster.operator.capability.workers.external.plan;

import dev.sandboxcluster.operator.capability.workers.external.join.JoinToken;
import dev.sandboxcluster.operator.capability.workers.external.policy.NodeVerdict;
import dev.sandboxcluster.operator.sandbox.Failure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the operator found and did in a sandbox. Equal as long as nothing happens, so that an idle cluster's status is not
 * written.
 *
 * @param tokens the tokens to publish, by group
 * @param nodes the sandbox's nodes
 * @param refusals requests to join that were refused lately, and objects that could not be looked after
 * @param forwarded what became of Services that hosted nodes are to forward
 * @param current whether a pass by the present plan has ended; what is said is by an earlier one otherwise
 * @param failure why the sandbox is not, or may not be, as the present plan wants it; what is said of it otherwise may be
 *     what was known before
 */
public record WorkerReport(
        Map<String, PublishedToken> tokens,
        List<NodeVerdict> nodes,
        List<Refusal> refusals,
        List<Forwarded> forwarded,
        boolean current,
        Optional<Failure> failure) {

    /** Nothing is known yet. */
    public static final WorkerReport UNKNOWN =
            new WorkerReport(Map.of(), List.of(), List.of(), List.of(), false, Optional.empty());

    /**
     * A token for a group's join Secret.
     *
     * @param epoch of the tokens that belong together: all of it are withdrawn at once
     */
    public record PublishedToken(String epoch, JoinToken token) {}

    /** A machine that was not let in, or an object that was passed over. */
    public record Refusal(String node, Optional<String> group, String reason, String message) {}

    /** Whether anything was found out since this operator began to look. */
    public boolean known() {
        return current || !tokens.isEmpty() || !nodes.isEmpty() || !refusals.isEmpty();
    }

    /** Whether the sandbox is as the present plan wants it. */
    public boolean settled() {
        return current && failure.isEmpty();
    }

    /** What is left of it under another plan: without the tokens of other epochs than these. */
    public WorkerReport underAnotherPlan(Map<String, String> epochs) {
        Map<String, PublishedToken> kept = new LinkedHashMap<>(tokens);
        kept.entrySet().removeIf(entry -> !entry.getValue().epoch().equals(epochs.get(entry.getKey())));
        return new WorkerReport(kept, nodes, refusals, forwarded, false, failure);
    }

    /** The same without what is about a group. */
    public WorkerReport without(String group) {
        return new WorkerReport(
                tokens,
                nodes.stream()
                        .filter(node -> node.group().filter(group::equals).isEmpty())
                        .toList(),
                refusals,
                forwarded,
                current,
                failure);
    }

    /** The nodes of a group. */
    public List<NodeVerdict> of(String group) {
        return nodes.stream()
                .filter(node -> node.group().filter(group::equals).isPresent())
                .toList();
    }

    /** The same with what keeps the operator from knowing better. */
    public WorkerReport failed(String reason, String why) {
        return new WorkerReport(tokens, nodes, refusals, forwarded, current, Optional.of(new Failure(reason, why)));
    }
}
