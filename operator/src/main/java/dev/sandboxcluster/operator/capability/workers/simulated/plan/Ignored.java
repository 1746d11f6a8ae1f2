package dev.sandboxcluster.operator.capability.workers.simulated.plan;

/** Which webhooks are ignored. */
public enum Ignored {
    /** None. */
    NONE,
    /** Those whose Service has simulated pods alone. */
    UNANSWERED,
    /**
     * Those whose Service has no other pods, or none yet: where all workers are simulated there won't be others, and who
     * waits for pods writes as soon as they are ready.
     */
    ALL_BUT_ANSWERED
}
