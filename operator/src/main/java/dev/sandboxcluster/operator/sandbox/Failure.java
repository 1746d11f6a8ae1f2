package dev.sandboxcluster.operator.sandbox;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.verdict.Line;
import dev.sandboxcluster.operator.verdict.Verdict;

/**
 * What keeps the operator from looking after something in a sandbox, or from knowing better.
 *
 * @param reason of the condition
 * @param why as the end of a sentence
 */
public record Failure(String reason, String why) {

    /** Keeps no more of what a sandbox said than fits into a condition. */
    public Failure {
        why = Line.of(why, Line.MESSAGE);
    }

    /**
     * What is said of it; pure.
     *
     * @param work what the operator does, as a sentence goes on after it
     * @param objects what it doesn't look after now
     * @param relief what to do when there is too much of it, as a sentence; empty: nobody knows
     */
    public Verdict verdict(String work, String objects, String relief) {
        return switch (reason) {
            case Reason.SANDBOX_REFUSED ->
                Verdict.fails(
                        reason,
                        "The cluster forbids what the operator needs there; a quota, webhook or policy in it may be the"
                                + " cause: " + why);
            case Reason.SANDBOX_TOO_LARGE ->
                Verdict.unknown(
                        reason,
                        "The operator doesn't look after " + objects + ", because there is too much to read: " + why
                                + (relief.isEmpty() ? "" : ". " + relief));
            case Reason.SANDBOX_TOO_SLOW ->
                Verdict.unknown(
                        reason,
                        "The operator doesn't look after " + objects + " in time, and tries again less often: " + why
                                + ". The control plane may need more CPU (controlPlane.resources)");
            default -> Verdict.unknown(reason, "The operator " + work + " at the cluster's Service, and there " + why);
        };
    }
}
