package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The sum of the other conditions: the first thing that stands between the user and a usable sandbox. */
final class ReadyCheck {

    private static final Set<String> SMALLER = Set.of(
            Reason.EXPANSION_REFUSED,
            Reason.EXPANSION_FAILED,
            Reason.VOLUME_EXPANDING,
            Reason.FILE_SYSTEM_RESIZE_PENDING);

    private static final Set<String> REFUSALS =
            Set.of(EndpointFailure.Forbidden.name(), EndpointFailure.Unauthorized.name());

    private ReadyCheck() {}

    /** The verdict on {@code Ready}; pure. */
    static Verdict check(Results results) {
        Verdict credentials = results.access().conditions().get(ConditionType.CredentialsReady);
        Verdict controlPlane = results.pod().conditions().get(ConditionType.ControlPlaneReady);
        Verdict endpoint = results.dialled().conditions().get(ConditionType.EndpointReachable);
        Optional<Verdict> volume = Optional.ofNullable(
                        results.contents().conditions().get(ConditionType.StorageReady))
                .filter(verdict -> !verdict.met());
        boolean published = results.access().value().kubeconfig().isPresent();

        Optional<Verdict> obstacle = Stream.of(
                        results.needed().stream().flatMap(outcome -> outcome.problem().stream()),
                        unmet(credentials).filter(lost -> !published && lost.status() == Verdict.Status.False).stream(),
                        volume.filter(verdict -> !controlPlane.met() && explains(verdict, controlPlane)).stream(),
                        unmet(controlPlane).stream(),
                        results.pod().problem().stream(),
                        unmet(credentials).filter(awaited -> !published || isRefused(endpoint)).stream(),
                        unmet(endpoint).stream(),
                        results.contents().problem().stream(),
                        results.simulated().flatMap(Outcome::problem).stream(),
                        results.hosted().flatMap(Outcome::problem).stream(),
                        results.bootstrap().problem().stream())
                .flatMap(found -> found)
                .findFirst();
        return obstacle.map(found -> Verdict.fails(found.reason(), found.message()))
                .or(() -> unmet(credentials)
                        .or(() -> volume)
                        .map(flaw -> Verdict.holds(flaw.reason(), "The cluster can be used, but: " + flaw.message())))
                .orElseGet(() -> results.slept().value().resting()
                        ? Verdict.holds(
                                Reason.DOZING, "The cluster can be used: it dozes, and the next connection wakes it")
                        : Verdict.holds(Reason.AVAILABLE, "The cluster can be used"));
    }

    /** Without the keys nobody can give the kubeconfig its rights: what is wrong with them explains why it has none. */
    private static boolean isRefused(Verdict endpoint) {
        return REFUSALS.contains(endpoint.reason());
    }

    private static Optional<Verdict> unmet(Verdict verdict) {
        return Optional.of(verdict).filter(found -> !found.met());
    }

    /** A volume that is on its way is the pod's business, unless the scheduler waits for it; a small one keeps no pod. */
    private static boolean explains(Verdict volume, Verdict controlPlane) {
        if (SMALLER.contains(volume.reason())) {
            return false;
        }
        return !volume.reason().equals(Reason.VOLUME_PENDING)
                || controlPlane.reason().equals(Reason.UNSCHEDULABLE);
    }
}
