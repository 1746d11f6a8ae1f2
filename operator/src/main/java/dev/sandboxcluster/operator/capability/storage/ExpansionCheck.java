package dev.sandboxcluster.operator.capability.storage;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.objects.Warnings;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a volume has the size that was asked for. Conditions and states of a claim are those of Kubernetes's
 * {@code PersistentVolumeClaimStatus}; on hosts before 1.32 failures are told by the resizer's events alone.
 */
final class ExpansionCheck {

    private static final Set<String> FAILED =
            Set.of("ControllerResizeInfeasible", "ControllerResizeFailed", "NodeResizeInfeasible", "NodeResizeFailed");

    private ExpansionCheck() {}

    /** Whether a bound claim's volume is smaller than asked for; pure. */
    static boolean outstanding(PersistentVolumeClaim claim) {
        return "Bound".equals(claim.getStatus().getPhase())
                && (condition(claim, "Resizing").isPresent()
                        || condition(claim, "FileSystemResizePending").isPresent()
                        || asked(claim)
                                        .getNumericalAmount()
                                        .compareTo(capacity(claim).getNumericalAmount())
                                > 0);
    }

    /**
     * The verdict on a claim whose expansion is {@link #outstanding}; pure.
     *
     * @param pod the name of the pod that uses the volume
     * @param warnings the host cluster's warning events about the claim, in any order
     */
    static Verdict check(PersistentVolumeClaim claim, String pod, List<Event> warnings) {
        String state = Optional.ofNullable(claim.getStatus().getAllocatedResourceStatuses())
                .orElse(Map.of())
                .getOrDefault("storage", "");
        Optional<String> failure = condition(claim, "ControllerResizeError")
                .or(() -> condition(claim, "NodeResizeError"))
                .map(condition -> Optional.ofNullable(condition.getMessage()).orElse(condition.getType()))
                .or(() -> Warnings.latest(warnings, "VolumeResizeFailed"))
                .or(() -> Optional.of(state).filter(FAILED::contains));
        if (failure.isPresent()) {
            return Verdict.fails(
                    Reason.EXPANSION_FAILED,
                    sizes(claim)
                            + ", and the storage driver's attempt to expand it failed. The cluster goes on working."
                            + " A driver that expands only volumes that nobody uses needs the pod away for a while"
                            + " (docs/operations.md tells how). The driver says: " + failure.get());
        }
        if (condition(claim, "FileSystemResizePending").isPresent() || state.equals("NodeResizePending")) {
            return Verdict.fails(
                    Reason.FILE_SYSTEM_RESIZE_PENDING,
                    sizes(claim)
                            + ": the disk has grown, the file system on it has not. If this lasts, the driver does it"
                            + " only when the pod starts: kubectl delete pod " + pod
                            + "; the API does not answer for some seconds");
        }
        return Verdict.fails(
                Reason.VOLUME_EXPANDING,
                sizes(claim) + since(claim)
                        + "; the host cluster expands it. If this lasts, its storage driver may expand"
                        + " only volumes that nobody uses, or none: kubectl describe persistentvolumeclaim "
                        + claim.getMetadata().getName());
    }

    private static String sizes(PersistentVolumeClaim claim) {
        return "The volume has " + capacity(claim) + " of the " + asked(claim) + " that are asked for";
    }

    private static String since(PersistentVolumeClaim claim) {
        return condition(claim, "Resizing")
                .map(PersistentVolumeClaimCondition::getLastTransitionTime)
                .map(time -> " since " + time)
                .orElse("");
    }

    private static Quantity asked(PersistentVolumeClaim claim) {
        return Optional.ofNullable(claim.getSpec().getResources())
                .map(resources -> resources.getRequests())
                .map(requests -> requests.get("storage"))
                .orElseGet(() -> capacity(claim));
    }

    private static Quantity capacity(PersistentVolumeClaim claim) {
        return Optional.ofNullable(claim.getStatus().getCapacity())
                .map(capacity -> capacity.get("storage"))
                .orElseGet(() -> new Quantity("0"));
    }

    private static Optional<PersistentVolumeClaimCondition> condition(PersistentVolumeClaim claim, String type) {
        return claim.getStatus().getConditions().stream()
                .filter(condition -> type.equals(condition.getType()) && "True".equals(condition.getStatus()))
                .findFirst();
    }
}
