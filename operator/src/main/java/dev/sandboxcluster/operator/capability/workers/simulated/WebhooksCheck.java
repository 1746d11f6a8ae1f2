package dev.sandboxcluster.operator.capability.workers.simulated;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.CalloutReport;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.CalloutReport.Effect;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.CalloutReport.Finding;
import dev.sandboxcluster.operator.sandbox.Failure;
import dev.sandboxcluster.operator.verdict.Line;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the API server asks pods that are simulated, so that nobody answers. */
final class WebhooksCheck {

    private static final Set<Effect> WRITES = Set.of(Effect.WRITES_FAIL, Effect.WRITES_WAIT);

    private WebhooksCheck() {}

    /**
     * The verdict on {@code WebhooksAnswered}; pure.
     *
     * @param ignore whether webhooks that aren't answered are to be ignored
     * @param lastKnown what was said of this spec and this start of the control plane
     */
    static Verdict check(boolean ignore, CalloutReport report, Optional<Verdict> lastKnown) {
        if (!report.looked()) {
            return lastKnown.orElseGet(() -> Verdict.unknown(
                    Reason.CONTROL_PLANE_NOT_RUNNING, "Nobody has looked yet whether simulated pods are asked"));
        }
        if (!report.asked().isEmpty() || !report.writtenBack().isEmpty()) {
            return Verdict.fails(Reason.ASKED_OF_SIMULATED_PODS, asked(ignore, report));
        }
        if (report.failure().isPresent()) {
            return failed(report.failure().get());
        }
        return report.ignored().isEmpty()
                ? Verdict.holds(Reason.WEBHOOKS_ANSWERED, "No webhook or aggregated API is asked of simulated pods")
                : Verdict.holds(
                        Reason.WEBHOOKS_IGNORED,
                        "Simulated pods don't answer, and are done without: "
                                + named(report.ignored(), report.moreIgnored())
                                + ". What these webhooks would refuse or change is written as it is");
    }

    /**
     * The verdict on {@code WebhooksAnswered} after simulated workers were turned off, if something keeps the operator from
     * putting back what it set; pure.
     */
    static Optional<Verdict> withdrawing(CalloutReport report) {
        return report.failure()
                .filter(any -> report.looked() && !report.putBack())
                .map(failure -> Verdict.unknown(
                        failure.reason(),
                        "Workers aren't simulated any more, and webhooks may still be ignored as the operator set them: "
                                + (failure.reason().equals(Reason.SANDBOX_TOO_LARGE)
                                        ? "there is too much to read: "
                                        : "the cluster forbids what the operator needs to put them back: ")
                                + failure.why()));
    }

    private static String asked(boolean ignore, CalloutReport report) {
        StringBuilder message = new StringBuilder();
        if (!report.asked().isEmpty()) {
            message.append("All pods are simulated, so that nobody answers, of: ")
                    .append(named(report.asked(), report.more()))
                    .append(Arrays.stream(Effect.values())
                            .filter(report.effects()::contains)
                            .map(effect -> ". " + effect(effect))
                            .collect(Collectors.joining()));
            boolean webhooks = report.effects().stream().anyMatch(WRITES::contains);
            boolean others = report.effects().stream().anyMatch(effect -> !WRITES.contains(effect));
            if (webhooks && !ignore) {
                message.append(". Set workers.simulated.webhookFailurePolicy: Ignore, delete the webhook's"
                        + " configuration, or let its pods run on a real worker");
            } else if (webhooks
                    && report.writtenBack().isEmpty()
                    && report.failure().isEmpty()) {
                message.append(". The operator sets the webhooks' failurePolicy to Ignore");
            }
            if (others) {
                message.append(". No policy helps with ")
                        .append(webhooks ? "APIServices and conversion webhooks" : "these")
                        .append(": delete them, or let their pods run on a real worker");
            }
        }
        if (!report.writtenBack().isEmpty()) {
            message.append(message.isEmpty() ? "" : ". ")
                    .append("Somebody writes back what the operator sets in ")
                    .append(report.writtenBack().stream()
                            .map(name -> Line.of(name, Line.NAME))
                            .collect(Collectors.joining(", ")))
                    .append(
                            ", which it therefore does ever less often: have failurePolicy: Ignore and timeoutSeconds: 1"
                                    + " written where it comes from");
        }
        report.failure().ifPresent(failure -> message.append(". The operator can't change that, or tell more: ")
                .append(failure.why()));
        return message.toString();
    }

    private static String effect(Effect effect) {
        return switch (effect) {
            case WRITES_FAIL -> "Creates and updates that a webhook is asked about fail";
            case WRITES_WAIT -> "Creates and updates that a webhook is asked about take its timeoutSeconds";
            case NOT_SERVED ->
                "What an APIService has somebody else serve isn't served: deletions of namespaces hang, and kubectl is slow";
            case NOT_CONVERTED -> "Objects aren't had in another version than the one that they are stored in";
            case NONE -> "";
        };
    }

    private static String named(List<Finding> some, int more) {
        return some.stream()
                        .map(found -> found.kind() + " " + Line.of(found.name(), Line.NAME) + " (Service "
                                + Line.of(found.service().toString(), 2 * Line.LABEL + 1) + ")")
                        .collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "");
    }

    private static Verdict failed(Failure failure) {
        return failure.reason().equals(Reason.SANDBOX_TOO_LARGE)
                ? Verdict.unknown(
                        failure.reason(),
                        "The operator doesn't tell whether simulated pods are asked, because there is too much to read: "
                                + failure.why())
                : Verdict.unknown(
                        failure.reason(),
                        "The cluster forbids what the operator needs to tell whether simulated pods are asked: "
                                + failure.why());
    }
}
