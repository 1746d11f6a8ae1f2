package dev.sandboxcluster.operator.capability.doze;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.operator.capability.doze.plan.Execution;
import dev.sandboxcluster.operator.capability.doze.plan.Order;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether a sandbox dozes: its processes are stopped as long as nobody is connected. */
final class DozeCheck {

    /** The router looks, and says so if somebody is connected after all; then nothing is stopped. */
    static final Duration UNTIL_STOPPED = Duration.ofSeconds(1);

    /** After this time what could not be stopped is stopped again. */
    static final Duration AFTER_REFUSAL = Duration.ofMinutes(5);

    private static final Misplaced MISPLACED =
            new Misplaced("The cluster doesn't doze", "dozeAfter", Misplaced.CONNECTED);

    private final DozeSettings settings;
    private final Situation situation;
    private final Known known;
    private final Idleness idleness;

    private DozeCheck(DozeSettings settings, Situation situation, Known known) {
        this.settings = settings;
        this.situation = situation;
        this.known = known;
        this.idleness = new Idleness(situation, known);
    }

    /** What is to be done; pure. */
    static Doze check(DozeSettings settings, Situation situation, Known known) {
        return new DozeCheck(settings, situation, known).decide();
    }

    private Doze decide() {
        Optional<String> running = idleness.container();
        Optional<Verdict> hindrance = settings.dozeAfter().flatMap(any -> hindrance());
        if (running.isEmpty()) {
            return awake(hindrance, soon());
        }
        String container = running.get();
        if (settings.dozeAfter().isEmpty() || hindrance.isPresent()) {
            return wake(container, hindrance, retryAt().or(this::soon));
        }
        if (known.demanded()) {
            return wake(container, Optional.of(inUse()), soon());
        }
        if (known.dozes(container)) {
            return sleep(container);
        }
        Instant due = idleness.since().plus(settings.dozeAfter().get());
        return situation.now().isBefore(due)
                ? wake(container, Optional.of(inUse()), Optional.of(due))
                : fallAsleep(container, situation.now().plus(UNTIL_STOPPED));
    }

    /** When it may doze at the earliest, where nothing tells that it may. */
    private Optional<Instant> soon() {
        return settings.dozeAfter().map(situation.now()::plus);
    }

    private Doze fallAsleep(String container, Instant lookAgain) {
        return new Doze(
                new Sleep(State.Dozing, Optional.of(container), settings.reportSeconds()),
                Optional.empty(),
                Optional.of(dozes()),
                Optional.of(lookAgain));
    }

    private Doze sleep(String container) {
        Optional<Instant> notBefore = known.notBefore(UNTIL_STOPPED, situation.now());
        if (notBefore.isPresent()) {
            return fallAsleep(container, notBefore.get());
        }
        return new Doze(
                new Sleep(State.Dozing, Optional.of(container), settings.reportSeconds()),
                Optional.of(Order.STOP).filter(any -> !isDone(Order.STOP, container)),
                Optional.of(dozes()),
                Optional.empty());
    }

    /** The processes go on first: the router must not take for awake what does not answer. */
    private Doze wake(String container, Optional<Verdict> verdict, Optional<Instant> lookAgain) {
        // An order to stop may have met the container that came next.
        boolean mayBeStopped = known.mayBeStopped(container)
                || known.last().filter(last -> last.order() == Order.STOP).isPresent();
        if (!mayBeStopped || isDone(Order.CONTINUE, container)) {
            return awake(verdict, lookAgain);
        }
        Optional<Verdict> failed = known.last()
                .filter(last -> last.is(Order.CONTINUE, container))
                .flatMap(Execution::failure)
                .map(failure -> Verdict.fails(
                        Reason.PROCESSES_NOT_REACHED,
                        "The control plane's processes may be stopped, and the operator can't let them go on; it tries"
                                + " again within a minute. If this lasts, delete the pod: " + failure));
        return new Doze(
                known.mayBeStopped(container)
                        ? new Sleep(State.Dozing, Optional.of(container), settings.reportSeconds())
                        : awake(),
                Optional.of(Order.CONTINUE),
                failed.or(() -> verdict),
                Optional.of(situation.now().plus(UNTIL_STOPPED)).filter(any -> failed.isPresent()));
    }

    private boolean isDone(Order order, String container) {
        return known.last()
                .filter(last -> last.done() && last.is(order, container))
                .isPresent();
    }

    private Doze awake(Optional<Verdict> verdict, Optional<Instant> lookAgain) {
        return new Doze(awake(), Optional.empty(), verdict, lookAgain);
    }

    private Sleep awake() {
        return new Sleep(State.Awake, Optional.empty(), settings.reportSeconds());
    }

    /** When what could not be stopped is stopped again. */
    private Optional<Instant> retryAt() {
        return known.refusal()
                .flatMap(Execution::endedAt)
                .map(at -> at.plus(AFTER_REFUSAL))
                .filter(at -> at.isAfter(situation.now()));
    }

    /** Why it may not doze, whether somebody uses it or not. */
    private Optional<Verdict> hindrance() {
        return Stream.of(misplaced(), refused(), unsettled())
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** What the user, or who installed the operator, has to change. */
    private Optional<Verdict> misplaced() {
        Optional<Verdict> misplaced = MISPLACED.check(settings);
        if (misplaced.isPresent()) {
            return misplaced;
        }
        if (!settings.permitted()) {
            return Optional.of(Verdict.fails(
                    Reason.DOZE_NOT_ENABLED,
                    "The cluster doesn't doze: the operator has no right to stop its processes. It gets it with doze.enabled"
                            + " of its chart"));
        }
        if (Probed.byNode(situation)) {
            return Optional.of(Verdict.fails(
                    Reason.PROBED_BY_NODE,
                    "The cluster doesn't doze yet: its pod was made with probes by which the node would restart it. A restart"
                            + " makes one without: kubectl annotate sandboxcluster "
                            + situation.sandbox().name()
                            + " " + Annotations.RESTART + "=\"$(date)\" --overwrite"));
        }
        return Optional.empty();
    }

    private Optional<Verdict> refused() {
        return retryAt()
                .flatMap(any -> known.refusal())
                .flatMap(Execution::failure)
                .map(failure -> Verdict.fails(
                        Reason.PROCESSES_NOT_REACHED,
                        "The cluster doesn't doze: the operator can't stop the control plane's processes, and tries again"
                                + " within 5 minutes: " + failure));
    }

    private Optional<Verdict> unsettled() {
        return idleness.settled()
                ? Optional.empty()
                : Optional.of(Verdict.fails(
                        Reason.NOT_SETTLED,
                        "The cluster doesn't doze before it is Ready and all that was wanted of it is done; the other"
                                + " conditions say what isn't"));
    }

    private Verdict dozes() {
        return Verdict.holds(
                Reason.DOZING,
                "Nobody has been connected for "
                        + Idleness.text(settings.dozeAfter().orElseThrow())
                        + ": the control plane's processes are stopped, until the next connection");
    }

    private Verdict inUse() {
        return Verdict.fails(
                Reason.IN_USE,
                "The cluster dozes when nobody has been connected for "
                        + Idleness.text(settings.dozeAfter().orElseThrow()));
    }
}
