package dev.sandboxcluster.operator.capability.doze;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.EventReason;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.operator.capability.doze.plan.Execution;
import dev.sandboxcluster.operator.capability.doze.plan.Order;
import dev.sandboxcluster.operator.capability.doze.plan.Silence;
import dev.sandboxcluster.operator.capability.doze.session.Liveness;
import dev.sandboxcluster.operator.capability.doze.session.ProcessEventSource;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.verdict.Conditions;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Has the processes of a sandbox stopped that nobody uses, or its pod, and gets them back as soon as somebody comes. */
public final class DozeStage {

    private final ProcessEventSource processes;

    /** How the router is told that it sleeps, and since when this operator has seen that. */
    private final Map<ResourceID, Asleep> asleep = new ConcurrentHashMap<>();

    /** Since when users have been able to reach it by the router. */
    private final Map<ResourceID, Instant> routedSince = new ConcurrentHashMap<>();

    /** Which container of it last answered this operator. */
    private final Map<ResourceID, String> answered = new ConcurrentHashMap<>();

    /** When a control plane was started anew because it hung. */
    private final Map<ResourceID, Instant> restarted = new ConcurrentHashMap<>();

    private final Liveness liveness;

    private final Supplier<Optional<Instant>> routerAnswersSince;

    private record Asleep(State state, Optional<String> containerID, Instant since) {

        static Asleep of(SandboxClusterRouteSpec spec, Instant now) {
            return new Asleep(spec.state(), Optional.ofNullable(spec.containerID()), now);
        }

        boolean is(Asleep other) {
            return state == other.state && containerID.equals(other.containerID);
        }
    }

    /**
     * Decides about nobody yet.
     *
     * @param processes who gives orders to processes, beside the reconciler
     * @param liveness who looks at what no kubelet looks at
     * @param routerAnswersSince since when who comes has found the router; empty: it isn't there
     */
    public DozeStage(ProcessEventSource processes, Liveness liveness, Supplier<Optional<Instant>> routerAnswersSince) {
        this.processes = processes;
        this.liveness = liveness;
        this.routerAnswersSince = routerAnswersSince;
        processes.whenDeleted(this::forget);
    }

    /**
     * Decides, and has the processes stopped or continued; waits for nothing. The value: what the router is to be told,
     * and whether there is to be a pod.
     *
     * @param route as the router has it; empty: it has none
     */
    public Outcome<Slept> run(Round round, DozeSettings settings, Optional<SandboxClusterRoute> route) {
        see(round, settings, route);
        Known known = known(round, route);
        Optional<Instant> deleteAt = DeleteCheck.at(settings, round.situation(), known);
        Optional<Suspension> suspension = SuspendCheck.check(settings, round.situation(), known);
        if (suspension.isPresent()) {
            Suspension wanted = suspension.get();
            return Outcome.of(new Slept(
                            wanted.sleep(), !wanted.suspend(), wanted.suspend(), known.lastUsedAt(), deleteAt))
                    .lookingAgain(wanted.lookAgain());
        }
        Doze doze = DozeCheck.check(settings, round.situation(), known);
        doze.order().ifPresent(order -> round.situation()
                .container()
                .ifPresent(container -> processes.give(round.sandbox(), container.getContainerID(), order)));
        Outcome<Slept> slept = Outcome.of(new Slept(doze.sleep(), doze.resting(), false, known.lastUsedAt(), deleteAt))
                .lookingAgain(Stream.of(doze.lookAgain(), SuspendCheck.lookAgain(settings, round.situation(), known))
                        .flatMap(Optional::stream)
                        .min(Comparator.naturalOrder()));
        return doze.verdict()
                .filter(Verdict::met)
                .or(() -> SuspendCheck.misplaced(settings))
                .or(() -> DeleteCheck.misplaced(settings))
                .or(doze::verdict)
                .map(verdict -> slept.reporting(ConditionType.Dozing, verdict))
                .orElse(slept);
    }

    /** How the pod does of one that is suspended as nobody is connected. */
    public static Outcome<Void> explained(DozeSettings settings, Outcome<Void> pod) {
        return SuspendCheck.explained(settings, pod);
    }

    /**
     * Starts a control plane anew that hangs and that no kubelet looks at; waits for nothing.
     *
     * @param stopped whether its processes are, or may be
     * @param observation what the operator last saw at the published URL
     */
    public Outcome<Void> watch(Round round, DozeSettings settings, boolean stopped, Optional<Observation> observation) {
        ResourceID id = round.id();
        Optional<Execution> last = processes.last(id).filter(order -> order.order() == Order.KILL);
        last.filter(Execution::done).flatMap(Execution::endedAt).ifPresent(at -> restarted.put(id, at));
        observation
                .flatMap(Observation::available)
                .filter(any -> !stopped)
                .flatMap(any -> round.situation().container())
                .map(ContainerStatus::getContainerID)
                .ifPresent(container -> answered.put(id, container));
        Optional<Instant> suspicious = HangCheck.suspiciousAt(
                settings,
                round.situation(),
                stopped || mayBeStopped(id),
                Optional.ofNullable(answered.get(id)),
                observation);
        Optional<String> address = round.pod().map(pod -> pod.getStatus().getPodIP());
        if (suspicious.isEmpty() || address.isEmpty()) {
            liveness.forget(id);
            return Outcome.of(null);
        }
        String container = round.situation().container().orElseThrow().getContainerID();
        liveness.look(id, container, address.get());
        Optional<Silence> silence = liveness.silence(id, container);
        Optional<Execution> killed = last.filter(order -> order.is(Order.KILL, container));
        boolean longEnough = !round.now().isBefore(suspicious.get());
        if (longEnough && HangCheck.hangs(round.now(), silence, Optional.ofNullable(restarted.get(id)))) {
            if (killed.isEmpty()) {
                round.host()
                        .announce(
                                EventReason.CONTROL_PLANE_HANGS,
                                "The control plane doesn't answer since "
                                        + silence.orElseThrow().from() + ", and is started anew",
                                round.now());
            }
            processes.give(round.sandbox(), container, Order.KILL);
        }
        Outcome<Void> watched = Outcome.<Void>of(null)
                .lookingAgain(Optional.of(HangCheck.lookAgain(round.now(), suspicious.get(), silence)));
        return killed.flatMap(Execution::failure)
                .map(failure -> watched.reporting(ConditionType.Dozing, HangCheck.notEnded(failure)))
                .orElse(watched);
    }

    /** What is stopped is silent, and is to go on. */
    private boolean mayBeStopped(ResourceID id) {
        return processes
                .last(id)
                .filter(last -> last.order() == Order.STOP || last.order() == Order.CONTINUE && !last.done())
                .isPresent();
    }

    /** Has one go on that is left as it is from now on; a request at most. */
    public Outcome<Void> release(Round round, Optional<SandboxClusterRoute> route) {
        liveness.forget(round.id());
        Optional<SandboxClusterRoute> dozing =
                route.filter(present -> present.getSpec().state() == State.Dozing);
        if (dozing.isEmpty()) {
            return Outcome.of(null);
        }
        Outcome<Slept> slept = run(round, DozeSettings.NEVER, route);
        if (slept.value().sleep().state() == State.Awake) {
            round.host().patch(dozing.get(), "{\"spec\": {\"state\": \"Awake\"}}");
        }
        return Outcome.<Void>of(null).lookingAgain(slept.lookAgain());
    }

    private void see(Round round, DozeSettings settings, Optional<SandboxClusterRoute> route) {
        boolean routed = settings.routed()
                && route.filter(known -> known.getSpec().state() != State.Stopped)
                        .isPresent();
        boolean broken = Conditions.previous(round.previous().conditions(), ConditionType.EndpointReachable)
                .filter(reached -> reached.getStatus().equals("False"))
                .filter(reached -> !reached.getReason().equals(Reason.CONTROL_PLANE_NOT_RUNNING))
                .isPresent();
        if (routed && !broken) {
            routedSince.putIfAbsent(round.id(), round.now());
        } else {
            routedSince.remove(round.id());
        }
    }

    private Known known(Round round, Optional<SandboxClusterRoute> route) {
        ResourceID id = round.id();
        Optional<Asleep> told = route.map(SandboxClusterRoute::getSpec)
                .filter(spec -> spec.state() == State.Dozing || spec.state() == State.Suspended)
                .map(spec -> Asleep.of(spec, round.now()));
        Asleep seen =
                asleep.compute(id, (any, before) -> told.map(now -> before != null && before.is(now) ? before : now)
                        .orElse(null));
        return new Known(
                route,
                Optional.ofNullable(seen).map(Asleep::since),
                Optional.ofNullable(routedSince.get(id))
                        .flatMap(since ->
                                routerAnswersSince.get().map(answers -> answers.isAfter(since) ? answers : since)),
                processes.last(id),
                processes.refusal(id));
    }

    /** Forgets one that was deleted, or is left alone. */
    public void forget(ResourceID id) {
        asleep.remove(id);
        routedSince.remove(id);
        answered.remove(id);
        restarted.remove(id);
        liveness.forget(id);
        processes.forget(id);
    }

    /** Forgets all: another operator decides from now on. */
    public void forgetAll() {
        asleep.clear();
        routedSince.clear();
        answered.clear();
        restarted.clear();
        liveness.forgetAll();
        processes.forgetAll();
    }
}
