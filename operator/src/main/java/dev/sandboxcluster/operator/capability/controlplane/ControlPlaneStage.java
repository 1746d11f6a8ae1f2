package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.EventReason;
import dev.sandboxcluster.operator.host.HostObjects;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import java.util.List;
import java.util.Optional;

/** Starts k3s in its pod, and says how the pod does. */
public final class ControlPlaneStage {

    private ControlPlaneStage() {}

    /** What the pod that is there was made from; no request. Empty: there is no StatefulSet. */
    public static Optional<PodRecord> made(Round round) {
        return present(round).map(PodRecord::of);
    }

    /**
     * Shuts the pod off from what it does not need, before it starts; one request at most.
     *
     * @param egress TCP ports to which it may connect
     */
    public static Outcome<Void> shutOff(Round round, List<Integer> egress) {
        return Outcome.written(round.host()
                .tryApply(ControlPlaneNetworkPolicy.desired(round.sandbox(), egress))
                .problem());
    }

    /** Whether there is something to isolate the pod with; a pod that is there has been let in by the host cluster. */
    public static Outcome<Void> isolation(Round round, ControlPlaneSettings settings, boolean runtimeClassesKnown) {
        return Outcome.written(
                runtimeClassesKnown && round.pod().isEmpty()
                        ? RuntimeClassCheck.check(settings, round.host().allCached(RuntimeClass.class))
                        : Optional.empty());
    }

    /**
     * Writes the StatefulSet, and announces it where that replaces the pod; two requests at most. The pod that is there
     * stays as long as what it was made from does.
     *
     * @param made what this operator makes
     * @param origin what it is made from
     * @param suspend whether there is to be no pod
     */
    public static Outcome<Void> start(
            Round round, ControlPlaneSettings settings, StatefulSet made, PodOrigin origin, boolean suspend) {
        Optional<StatefulSet> present = present(round);
        PodRecord record = settings.made()
                .filter(before -> before.isFrom(origin))
                // What is written down of it holds for what this operator would make, too, if that is the same.
                .filter(before -> before.recorded()
                        || !present.map(it -> round.host().matches(it, made)).orElse(true))
                .map(before -> before.from(origin))
                .orElseGet(() -> PodRecord.of(origin, made.getSpec().getTemplate()));
        return scale(round, record.on(made), suspend);
    }

    private static Outcome<Void> scale(Round round, StatefulSet template, boolean suspend) {
        HostObjects host = round.host();
        Optional<StatefulSet> present = present(round);
        Scale scale = Scale.of(present, suspend);
        StatefulSet desired = scale.on(template);
        return Outcome.written(HostObjects.attempt(() -> {
                    present.filter(before -> !host.matches(before, desired)).ifPresent(before -> {
                        scale.notice(before).ifPresent(notice -> host.announce(scale.event(), notice, round.now()));
                        RestartNotice.of(before, desired)
                                .filter(notice -> scale == Scale.RUNNING)
                                .ifPresent(notice ->
                                        host.announce(EventReason.CONTROL_PLANE_RESTARTING, notice, round.now()));
                    });
                    return host.apply(desired);
                })
                .problem());
    }

    /**
     * Writes down what the pod that is there was made from, if nobody has: before the status says that the spec was looked
     * at, or a change of it would be taken for what the pod was made from. To stop it, nothing is needed. Two requests at
     * most.
     *
     * @param suspend whether there is to be no pod
     */
    public static Outcome<Void> remember(Round round, ControlPlaneSettings settings, boolean suspend) {
        if (suspend) {
            return present(round)
                    .map(present -> scale(
                            round,
                            noted(present, settings).orElseGet(() -> ControlPlaneStatefulSet.bare(present)),
                            true))
                    .orElseGet(() -> Outcome.written(Optional.empty()));
        }
        return Outcome.written(present(round)
                .filter(present -> !PodRecord.isRecorded(present))
                .flatMap(present -> noted(present, settings))
                .flatMap(noted -> round.host().tryApply(noted).problem()));
    }

    /** The StatefulSet that is there, with what its pod was made from written down. */
    private static Optional<StatefulSet> noted(StatefulSet present, ControlPlaneSettings settings) {
        return settings.made().map(made -> made.from(made.origin()).on(ControlPlaneStatefulSet.bare(present)));
    }

    /** Whether the pod that is there was made from this, and not from what was before; no request. */
    public static boolean current(Round round, ControlPlaneSettings settings, PodOrigin origin) {
        return present(round)
                .filter(statefulSet -> record(statefulSet, settings).isFrom(origin))
                .flatMap(statefulSet -> round.pod().filter(pod -> PodRevision.isCurrent(pod, statefulSet)))
                .isPresent();
    }

    /**
     * How the pod does; a request only where it does not come to be and does not say why itself.
     *
     * @param made what this operator makes
     * @param origin what it is made from
     * @param suspend whether there is to be no pod
     * @param held why the pod is not replaced by one of this yet, if {@link ImageTrialStage} says so
     * @param url the published one
     * @param observation what the operator last saw there
     */
    public static Outcome<Void> look(
            Round round,
            ControlPlaneSettings settings,
            StatefulSet made,
            PodOrigin origin,
            boolean suspend,
            Optional<Verdict> held,
            Optional<String> url,
            Optional<Observation> observation) {
        Optional<Outcome<Void>> stopped = Scale.of(present(round), suspend).stopped(round.pod());
        if (stopped.isPresent()) {
            return stopped.get();
        }
        List<? extends HasMetadata> unexplained = round.pod().isPresent()
                ? round.pod().filter(pod -> !ControlPlaneCheck.explainsItself(pod)).stream()
                        .toList()
                : round.host().cached(StatefulSet.class, round.sandbox().name()).stream()
                        .toList();
        Outcome<Void> pod = ControlPlaneCheck.check(round.situation(), round.warnings(unexplained), url, observation)
                .unclear(round.unclear(unexplained) || held.isPresent());
        return held.or(() -> present(round)
                        .map(present -> UpToDateCheck.check(
                                present,
                                round.pod(),
                                record(present, settings),
                                origin,
                                made.getSpec().getTemplate())))
                .map(verdict ->
                        pod.reporting(ConditionType.UpToDate, verdict).withProblem(UpToDateCheck.problem(verdict)))
                .orElse(pod);
    }

    /** Read once in a round, if it was not written since. */
    private static PodRecord record(StatefulSet present, ControlPlaneSettings settings) {
        return settings.made()
                .filter(made -> !PodRecord.isRecorded(present) || made.isOn(present))
                .orElseGet(() -> PodRecord.of(present));
    }

    private static Optional<StatefulSet> present(Round round) {
        return round.host().cached(StatefulSet.class, round.sandbox().name()).filter(round.host()::owns);
    }
}
