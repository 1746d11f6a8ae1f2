package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.EventReason;
import dev.sandboxcluster.operator.host.HostObjects;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.pod.Contribution;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.verdict.Outcome;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import java.util.List;
import java.util.Optional;

/** Starts k3s in its pod, and says how the pod does. */
public final class ControlPlaneStage {

    private ControlPlaneStage() {}

    /** Writes the files that k3s reads besides its command line; one request at most. */
    public static Outcome<Void> configure(Round round) {
        return Outcome.written(round.host()
                .tryApply(AuthenticationConfigMap.desired(round.sandbox()))
                .problem());
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

    /** Writes the StatefulSet, and announces it where that replaces the pod; two requests at most. */
    public static Outcome<Void> start(Round round, ControlPlaneSettings settings, Contribution parts) {
        HostObjects host = round.host();
        StatefulSet desired = ControlPlaneStatefulSet.desired(round.sandbox(), settings, parts);
        return Outcome.written(HostObjects.attempt(() -> {
                    host.cached(StatefulSet.class, round.sandbox().name())
                            .filter(host::owns)
                            .flatMap(present -> RestartNotice.of(present, desired)
                                    .filter(notice -> !host.matches(present, desired)))
                            .ifPresent(
                                    notice -> host.announce(EventReason.CONTROL_PLANE_RESTARTING, notice, round.now()));
                    return host.apply(desired);
                })
                .problem());
    }

    /**
     * How the pod does; a request only where it does not come to be and does not say why itself.
     *
     * @param url the published one
     * @param observation what the operator last saw there
     */
    public static Outcome<Void> look(Round round, Optional<String> url, Optional<Observation> observation) {
        List<? extends HasMetadata> unexplained = round.pod().isPresent()
                ? round.pod().filter(pod -> !ControlPlaneCheck.explainsItself(pod)).stream()
                        .toList()
                : round.host().cached(StatefulSet.class, round.sandbox().name()).stream()
                        .toList();
        return ControlPlaneCheck.check(round.situation(), round.warnings(unexplained), url, observation)
                .unclear(round.unclear(unexplained));
    }
}
