package dev.sandboxcluster.operator.capability.doze;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.Optional;

/**
 * Where the router doesn't see who uses a sandbox, it is never idle; pure.
 *
 * @param what that doesn't become of it, as a sentence begins
 * @param field of {@code lifetime} that wants it
 * @param whyNotWithWorkers how a sentence about workers that are no simulated ones ends
 */
record Misplaced(String what, String field, String whyNotWithWorkers) {

    static final String CONNECTED = "and are connected at all times";

    /** What the user has to change, first of all; empty: the router sees all. */
    Optional<Verdict> check(DozeSettings settings) {
        if (!settings.routed()) {
            return Optional.of(Verdict.fails(
                    Reason.ROUTER_NEEDED,
                    what
                            + ": only the router knows whether somebody is connected. Set expose.type Router, or take lifetime."
                            + field + " away"));
        }
        return settings.workers()
                ? Optional.of(Verdict.fails(
                        Reason.EXTERNAL_WORKERS_ENABLED,
                        what + ", for external or hosted workers are enabled, " + whyNotWithWorkers))
                : Optional.empty();
    }
}
