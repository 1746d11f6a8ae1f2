package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Entry;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Kind;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Policy;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Service;
import dev.sandboxcluster.operator.sandbox.Failure;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What in a sandbox is asked of simulated pods, which don't answer. Equal as long as nothing happened.
 *
 * @param looked whether it was looked for at all
 * @param asked what is in the way; some of it
 * @param more how many there are besides these
 * @param effects of all that is in the way
 * @param ignored what is asked in vain, and in nobody's way; some of it
 * @param moreIgnored how many there are besides these
 * @param writtenBack names of some that somebody writes back again and again
 * @param owing whether something is still as the operator set it, and not as it was, or may be: not all was gone through
 * @param failure what keeps the operator from changing it, or from knowing better
 */
public record CalloutReport(
        boolean looked,
        List<Finding> asked,
        int more,
        Set<Effect> effects,
        List<Finding> ignored,
        int moreIgnored,
        List<String> writtenBack,
        boolean owing,
        Optional<Failure> failure) {

    /** Nobody has looked. */
    public static final CalloutReport UNKNOWN =
            new CalloutReport(false, List.of(), 0, Set.of(), List.of(), 0, List.of(), false, Optional.empty());

    /** Whether it is known that nothing is as the operator set it. */
    public boolean putBack() {
        return looked
                && !owing
                && failure.filter(why -> !why.reason().equals(Reason.SANDBOX_TOO_LARGE))
                        .isEmpty();
    }

    private static final Comparator<Finding> ORDER =
            Comparator.comparing(Finding::effect).thenComparing(Finding::kind).thenComparing(Finding::name);

    /** What it comes to that nobody answers, the worst first. */
    public enum Effect {
        WRITES_FAIL,
        WRITES_WAIT,
        NOT_SERVED,
        NOT_CONVERTED,
        NONE
    }

    /**
     * One object that has somebody asked in vain.
     *
     * @param service of those, one
     */
    public record Finding(Kind kind, String name, Service service, Effect effect) {}

    /**
     * What is to be told of the objects as they are.
     *
     * @param unanswered whether nobody answers at a Service
     * @param writtenBack whether somebody writes an object back again and again
     * @param unseen whether others may be as the operator set them
     */
    public static CalloutReport of(
            List<Callout> callouts,
            Predicate<Service> unanswered,
            Predicate<Callout> writtenBack,
            boolean unseen,
            Optional<Failure> failure) {
        List<Finding> all = callouts.stream()
                .flatMap(callout -> finding(callout, unanswered).stream())
                .sorted(ORDER)
                .toList();
        List<Finding> asked =
                all.stream().filter(found -> found.effect() != Effect.NONE).toList();
        List<Finding> ignored =
                all.stream().filter(found -> found.effect() == Effect.NONE).toList();
        EnumSet<Effect> effects = EnumSet.noneOf(Effect.class);
        asked.forEach(found -> effects.add(found.effect()));
        return new CalloutReport(
                true,
                some(asked),
                asked.size() - some(asked).size(),
                effects,
                some(ignored),
                ignored.size() - some(ignored).size(),
                callouts.stream()
                        .filter(writtenBack)
                        .filter(callout -> finding(callout, unanswered).isPresent())
                        .map(Callout::name)
                        .sorted()
                        .limit(SimulationReport.NAMED)
                        .toList(),
                unseen || callouts.stream().anyMatch(callout -> callout.kind().admission() && callout.annotated()),
                failure);
    }

    /** The worst of one object. */
    private static Optional<Finding> finding(Callout callout, Predicate<Service> unanswered) {
        return callout.entries().stream()
                .filter(entry -> entry.service().filter(unanswered).isPresent() || isIgnored(callout, entry))
                .map(entry -> new Finding(
                        callout.kind(), callout.name(), entry.service().orElseThrow(), effect(callout.kind(), entry)))
                .min(Comparator.comparing(Finding::effect));
    }

    /** By the operator, which may be so before there are pods. */
    private static boolean isIgnored(Callout callout, Entry entry) {
        return entry.service().isPresent()
                && callout.noted().containsKey(entry.name())
                && entry.policy().equals(Policy.IGNORED);
    }

    private static Effect effect(Kind kind, Entry entry) {
        return switch (kind) {
            case APIService -> Effect.NOT_SERVED;
            case CustomResourceDefinition -> Effect.NOT_CONVERTED;
            default ->
                entry.policy().equals(Policy.IGNORED)
                        ? Effect.NONE
                        : entry.policy().ignores() ? Effect.WRITES_WAIT : Effect.WRITES_FAIL;
        };
    }

    private static List<Finding> some(List<Finding> all) {
        return all.stream().limit(SimulationReport.NAMED).toList();
    }
}
