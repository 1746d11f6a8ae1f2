package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.Optional;

/** Whether keys and kubeconfig are in order. */
final class CredentialsCheck {

    private CredentialsCheck() {}

    /**
     * The verdict on {@code CredentialsReady}; pure.
     *
     * @param keys what is wrong with the keys
     * @param secret what keeps the kubeconfig's Secret from being written
     * @param published the name of the Secret; empty: there is none
     * @param awaited what publishing waits for
     */
    static Verdict check(Optional<Verdict> keys, Optional<Verdict> secret, Optional<String> published, String awaited) {
        return keys.or(() -> secret)
                .or(() -> published.map(name -> Verdict.holds(Reason.PUBLISHED, "The kubeconfig is in Secret " + name)))
                .orElseGet(() -> Verdict.unknown(Reason.WAITING_FOR_ADDRESS, awaited));
    }

    /** @param running whether a control plane runs that could be told */
    static Verdict revoking(boolean running) {
        return Verdict.fails(
                Reason.REVOKING,
                "The kubeconfig was replaced. Former ones lose their rights when the control plane "
                        + (running ? "has been told, which takes seconds" : "runs and has been told"));
    }
}
