package dev.sandboxcluster.operator.capability.doze;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.verdict.Conditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Since when nobody has used a sandbox, and whether anything is under way there; pure. */
record Idleness(Situation situation, Known known) {

    private static final List<ConditionType> SETTLED = List.of(
            ConditionType.AllowedByClass,
            ConditionType.ControlPlaneReady,
            ConditionType.UpToDate,
            ConditionType.CredentialsReady,
            ConditionType.OutputsReady,
            ConditionType.EndpointReachable,
            ConditionType.StorageReady,
            ConditionType.AuthenticationReady,
            ConditionType.Bootstrapped);

    /** Whether it is Ready, and nothing is under way. */
    boolean settled() {
        return Objects.equals(situation.previous().observedGeneration(), situation.generation())
                && container().isPresent()
                && started()
                && (is(ConditionType.Ready, "True").isPresent() || unheard(ConditionType.Ready))
                && SETTLED.stream().allMatch(type -> is(type, "False")
                        // Its pod stays as an earlier release made it, until somebody restarts it.
                        .filter(unmet -> !unmet.getReason().equals(Reason.OUTDATED))
                        .filter(unmet -> !unheard(type))
                        .isEmpty());
    }

    /** Whether that isn't met for want of the router alone, while it sleeps: nobody would gain if it woke. */
    private boolean unheard(ConditionType type) {
        return known.is(State.Dozing)
                && is(type, "False")
                        .filter(unmet -> unmet.getReason().equals(EndpointFailure.RouterUnavailable.name()))
                        .isPresent();
    }

    /** A kubelet that was started anew asks each container whether it has started, and ends one that doesn't answer. */
    private boolean started() {
        return situation
                .container()
                .filter(container -> Boolean.TRUE.equals(container.getStarted()))
                .isPresent();
    }

    /** The container that runs k3s, unless it is about to end. */
    Optional<String> container() {
        return situation
                .lastingPod()
                .flatMap(any -> situation.container())
                .filter(container -> container.getState().getRunning() != null)
                .map(ContainerStatus::getContainerID);
    }

    /** Since when nobody has used it, and it could have been used. */
    Instant since() {
        return Stream.of(
                        known.lastUsedAt(),
                        situation.startedAt().map(Instant::parse),
                        is(ConditionType.Ready, "True").map(Idleness::since),
                        is(ConditionType.Dozing, "False").map(Idleness::since))
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder())
                .orElse(situation.now());
    }

    private Optional<Condition> is(ConditionType type, String status) {
        return Conditions.previous(situation.previous().conditions(), type)
                .filter(condition -> condition.getStatus().equals(status));
    }

    private static Instant since(Condition condition) {
        return Instant.parse(condition.getLastTransitionTime());
    }

    /** A duration as a spec has it. */
    static String text(Duration duration) {
        return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }
}
