package dev.sandboxcluster.operator.sandbox.session;

import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import java.time.Duration;

/**
 * What is done for one sandbox, pass by pass.
 *
 * @param <P> what is wanted: a value, with how the sandbox is reached
 * @param <R> what was found and done: a value, equal as long as nothing happened
 */
public interface Care<P, R> {

    /** How the sandbox is reached. Another access is another connection. */
    SandboxAccess access(P plan);

    /** Hears that another plan counts from now on; must not block. */
    void follow(P plan);

    /** What is left of a report under the plan that counts now; must not block. */
    R outdated(R report);

    /**
     * A pass by the plan that counts now; must not block.
     *
     * @param onChange to be told when something became known that the pass doesn't wait for
     */
    Pass<R> begin(P plan, Runnable onChange);

    /**
     * The report after a pass that failed as a whole.
     *
     * @param reason of a condition
     * @param why as the end of a sentence
     */
    R failed(R latest, String reason, String why);

    /** When the next pass is due, if nothing calls for one before. */
    Duration untilNext(R report);

    /** One pass. */
    interface Pass<R> {

        /**
         * Runs it. What it asks of the sandbox, it asks within the allowance.
         *
         * @throws AllowanceExceededException when that was too little
         * @throws io.fabric8.kubernetes.client.KubernetesClientException when the sandbox does not answer, or refuses what
         *     everything else depends on
         */
        R run(SandboxSession session, Allowance allowance);
    }
}
