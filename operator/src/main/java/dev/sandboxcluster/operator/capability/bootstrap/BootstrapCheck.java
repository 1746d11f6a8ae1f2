package dev.sandboxcluster.operator.capability.bootstrap;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport.Failure;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport.History;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.Optional;

/**
 * Whether a sandbox has what the spec wants in it. Until it had that once, the sandbox is not Ready; a later change that
 * can't be applied is told by the condition alone.
 */
final class BootstrapCheck {

    private BootstrapCheck() {}

    /**
     * The verdict on {@code Bootstrapped}; pure.
     *
     * @param report empty: the operator does not reach the sandbox, or has not yet since it was started
     * @param chart what is to be said of a chart that is to be installed now; empty: none is
     */
    static Outcome<Void> check(Situation situation, Optional<BootstrapReport> report, Optional<Verdict> chart) {
        Optional<Verdict> lastKnown = situation.lastKnownOfThisSpec(ConditionType.Bootstrapped);
        Verdict verdict = chart.or(() -> report.map(looked -> verdict(looked, lastKnown)))
                .or(() -> lastKnown)
                .orElseGet(() -> Verdict.unknown(
                        Reason.CONTROL_PLANE_NOT_RUNNING,
                        "The control plane does not answer; what bootstrap wants in the cluster is looked at when it"
                                + " does"));
        History history = report.map(BootstrapReport::history).orElse(History.UNKNOWN);
        return Outcome.<Void>of(null)
                .reporting(ConditionType.Bootstrapped, verdict)
                .withProblem(Optional.of(verdict)
                        .filter(found -> !found.met())
                        .filter(found -> keepsFromReady(situation, history)));
    }

    private static Verdict verdict(BootstrapReport report, Optional<Verdict> lastKnown) {
        if (report.complete()) {
            return Verdict.holds(Reason.BOOTSTRAP_APPLIED, "What bootstrap wants in the cluster was applied");
        }
        if (report.failure().isPresent()) {
            return failed(report, report.failure().get());
        }
        if (!report.looked()) {
            return lastKnown.orElseGet(() ->
                    Verdict.fails(Reason.BOOTSTRAP_APPLYING, "What bootstrap wants in the cluster is being applied"));
        }
        return Verdict.fails(
                Reason.BOOTSTRAP_APPLYING,
                report.chart().isPresent()
                        ? "All objects are applied; charts are being installed"
                        : progress(report) + ", the others follow");
    }

    private static Verdict failed(BootstrapReport report, Failure failure) {
        return switch (failure.reason()) {
            case Reason.BOOTSTRAP_SOURCE_NOT_FOUND ->
                Verdict.fails(
                        failure.reason(),
                        failure.what() + ". Create it, or correct the spec; the operator looks again every 30 seconds");
            case Reason.BOOTSTRAP_INVALID ->
                Verdict.fails(
                        failure.reason(),
                        failure.what() + ". Nothing of it is applied; correct it, and the operator goes on within 30"
                                + " seconds");
            case Reason.BOOTSTRAP_KIND_NOT_SERVED ->
                Verdict.fails(
                        failure.reason(),
                        failure.what() + ". " + attempts(report)
                                + ". Its CustomResourceDefinition must come before it; or correct apiVersion and kind");
            case Reason.BOOTSTRAP_REFUSED ->
                Verdict.fails(
                        failure.reason(),
                        failure.what() + ". " + attempts(report)
                                + ". Correct the object, or what refuses it: a quota, webhook or policy in the cluster");
            case Reason.SANDBOX_TOO_SLOW ->
                Verdict.fails(
                        failure.reason(),
                        failure.what() + ". " + attempts(report)
                                + ". A webhook in the cluster that nobody answers? The control plane may need more CPU"
                                + " (controlPlane.resources)");
            case Reason.SANDBOX_TOO_LARGE ->
                Verdict.fails(
                        failure.reason(),
                        failure.what() + ". " + attempts(report)
                                + ". Make the objects smaller, or apply them yourself");
            case Reason.HOST_API_REFUSED -> Verdict.fails(failure.reason(), failure.what());
            default ->
                Verdict.unknown(
                        failure.reason(),
                        "The operator applies what bootstrap wants at the cluster's Service, and there "
                                + failure.what());
        };
    }

    private static String attempts(BootstrapReport report) {
        String tried = report.attempts() < BootstrapReport.MANY
                ? report.attempts() == 1 ? "Tried once" : "Tried " + report.attempts() + " times"
                : "Tried " + BootstrapReport.MANY + " times and more";
        return (report.attempts() == 0 ? "" : tried + ", and again within 5 minutes; ") + progress(report);
    }

    private static String progress(BootstrapReport report) {
        return report.applied() + " of " + report.total() + " objects are applied";
    }

    private static boolean keepsFromReady(Situation situation, History history) {
        return history == History.NEVER
                || history == History.UNKNOWN && !situation.wasReadyWith(ConditionType.Bootstrapped);
    }
}
