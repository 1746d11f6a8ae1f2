package dev.sandboxcluster.operator.capability.outputs;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether what other tools read is written. */
final class OutputsCheck {

    private OutputsCheck() {}

    /**
     * The verdict on {@code OutputsReady}; pure.
     *
     * @param published whether there is a kubeconfig, from which all of it is made
     * @param problem what keeps one from being written, or from being withdrawn
     * @return empty: nothing is asked for
     */
    static Optional<Verdict> check(OutputsSettings settings, boolean published, Optional<Verdict> problem) {
        if (problem.isPresent()) {
            return problem;
        }
        if (!settings.any()) {
            return Optional.empty();
        }
        return Optional.of(
                published
                        ? Verdict.holds(
                                Reason.OUTPUTS_WRITTEN,
                                Stream.of(
                                                settings.argoCD()
                                                        .map(argo -> "Argo CD's Secret is " + argo.namespace() + "/"
                                                                + argo.secretName()),
                                                settings.caConfigMap().map(name -> "the CA is in ConfigMap " + name))
                                        .flatMap(Optional::stream)
                                        .collect(Collectors.joining("; ")))
                        : Verdict.unknown(
                                Reason.WAITING_FOR_KUBECONFIG,
                                "What other tools read is made from the kubeconfig, which isn't published:"
                                        + " CredentialsReady says why. What was written before stays as it is"));
    }

    /** The verdict on a Secret that is wanted where the operator may not put one; pure. */
    static Verdict notPermitted(String namespace, Set<String> permitted) {
        return Verdict.fails(
                Reason.NAMESPACE_NOT_PERMITTED,
                "outputs.argoCD.namespace " + namespace + " is not among those that the operator's chart permits in its"
                        + " value outputs.argoCDNamespaces"
                        + (permitted.isEmpty()
                                ? ", which is empty"
                                : ": " + String.join(", ", new TreeSet<>(permitted)))
                        + ". Have it added, or leave out the field for a Secret beside the SandboxCluster");
    }

    /** The verdict on a Secret for Argo CD that could not be written; pure. */
    static Verdict refused(OutputsSettings.Argo argo, Verdict refusal) {
        return refusal.reason().equals(Reason.SECRET_CONFLICT)
                ? Verdict.fails(
                        Reason.NAME_CONFLICT,
                        "A Secret " + argo.namespace() + "/" + argo.secretName()
                                + " is there that does not belong to this SandboxCluster, or was left by an"
                                + " earlier one and has not its credentials; it is left alone. Delete it if nobody needs"
                                + " it, or give the SandboxCluster another name")
                : refusal;
    }
}
