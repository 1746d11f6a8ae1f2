package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.EventReason;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.objects.Annotated;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.Optional;

/** How many pods the control plane is to have; pure. */
public enum Scale {
    /** One. */
    RUNNING,
    /** None, as the user wants it. */
    SUSPENDED,
    /** None, as somebody scaled the StatefulSet down who isn't the operator: by hand, or a downscaler. He is let have it. */
    SCALED_DOWN;

    /** @param suspend whether the user wants no pod */
    public static Scale of(Optional<StatefulSet> present, boolean suspend) {
        if (suspend) {
            return SUSPENDED;
        }
        return present.filter(Scale::isDown)
                .filter(down -> !isSuspended(down))
                .map(down -> SCALED_DOWN)
                .orElse(RUNNING);
    }

    /** A StatefulSet with as many pods. */
    StatefulSet on(StatefulSet desired) {
        StatefulSetBuilder scaled = new StatefulSetBuilder(desired)
                .editSpec()
                .withReplicas(this == RUNNING ? 1 : 0)
                .endSpec();
        return (this == SUSPENDED
                        ? scaled.editMetadata()
                                .addToAnnotations(Annotations.SUSPENDED, "true")
                                .endMetadata()
                        : scaled)
                .build();
    }

    /** What is said before it is so; empty: it is so already. */
    Optional<String> notice(StatefulSet present) {
        if (this == SUSPENDED && !isDown(present)) {
            return Optional.of("The control plane is stopped until the SandboxCluster is to run again");
        }
        return this == RUNNING && isDown(present)
                ? Optional.of("The control plane is started again")
                : Optional.empty();
    }

    /** The reason of the event that says it. */
    String event() {
        return this == RUNNING ? EventReason.RESUMING : EventReason.SUSPENDING;
    }

    /** How a control plane does that is not to run; empty: it is to run. */
    public Optional<Outcome<Void>> stopped(Optional<Pod> pod) {
        return why(pod).map(why -> {
            Outcome<Void> stopped = Outcome.<Void>of(null).reporting(ConditionType.ControlPlaneReady, why);
            return this == SUSPENDED
                    ? stopped.reporting(
                            ConditionType.Suspended, pod.isPresent() ? why : Verdict.holds(why.reason(), why.message()))
                    : stopped;
        });
    }

    private Optional<Verdict> why(Optional<Pod> pod) {
        return switch (this) {
            case RUNNING -> Optional.empty();
            case SUSPENDED ->
                Optional.of(pod.map(stopping -> Verdict.fails(
                                Reason.SUSPENDING,
                                "The pod is being stopped"
                                        + Optional.ofNullable(
                                                        stopping.getMetadata().getDeletionTimestamp())
                                                .map(since -> " since " + since)
                                                .orElse("")
                                        + ". If this lasts, its node may be gone: then delete the pod by force"))
                        .orElseGet(() -> Verdict.fails(
                                Reason.SUSPENDED,
                                "The control plane is stopped, as the spec wants it; with operatingMode Running, and a"
                                        + " lifetime that isn't over, it is started again")));
            case SCALED_DOWN ->
                Optional.of(Verdict.fails(
                        Reason.SCALED_DOWN,
                        "The StatefulSet was scaled to 0, and not by the operator, which leaves it so. Scale it to 1, or say"
                                + " with spec.operatingMode Suspended that the cluster is to be stopped"));
        };
    }

    private static boolean isDown(StatefulSet statefulSet) {
        return Integer.valueOf(0).equals(statefulSet.getSpec().getReplicas());
    }

    private static boolean isSuspended(StatefulSet statefulSet) {
        return Annotated.value(statefulSet, Annotations.SUSPENDED).isPresent();
    }
}
