package dev.sandboxcluster.operator.capability.storage;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.objects.Warnings;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import dev.sandboxcluster.operator.verdict.Wording;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.List;
import java.util.Optional;

/** Whether a Persistent cluster has its volume. */
public final class StorageCheck {

    private StorageCheck() {}

    /**
     * The verdicts on {@code StorageReady} or {@code ContentLost}; the problem is what keeps objects from being stored.
     * Pure.
     *
     * @param url the published one
     * @param observation what the operator last saw there
     * @param warnings the host cluster's warning events about the claim, in any order
     */
    public static Outcome<Stored> check(
            Situation situation,
            StorageSettings settings,
            Stored stored,
            Optional<String> url,
            Optional<Observation> observation,
            List<Event> warnings) {
        Optional<Verdict> writes = WriteCheck.check(observation, situation.lastKnown(ConditionType.Ready, url));
        Outcome<Stored> outcome = Outcome.of(stored).withProblem(writes);
        if (settings.persistent()) {
            return outcome.reporting(
                    ConditionType.StorageReady,
                    verdict(stored.flaw(), stored.claim(), situation.sandbox().podName(), writes, warnings));
        }
        return ContentCheck.check(situation.previous(), situation.pod(), settings.persistent())
                .map(lost -> outcome.reporting(ConditionType.ContentLost, lost))
                .orElse(outcome);
    }

    /**
     * The verdict on {@code StorageReady}.
     *
     * @param problem what kept the claim from being written, if anything did
     * @param claim the claim, if it is there
     * @param pod the name of the pod that uses its volume
     * @param writes what keeps objects from being written, if anything does
     * @param warnings the host cluster's warning events about the claim, in any order
     */
    static Verdict verdict(
            Optional<Verdict> problem,
            Optional<PersistentVolumeClaim> claim,
            String pod,
            Optional<Verdict> writes,
            List<Event> warnings) {
        return problem.or(() -> claim.map(present -> of(present, pod, writes, warnings)))
                .orElseGet(() -> Verdict.fails(Reason.VOLUME_PENDING, "The volume is claimed once the keys are there"));
    }

    /** The verdict on a claim that was there while the cluster was used, and is no more. */
    static Verdict missing(String claimName) {
        return Verdict.fails(
                Reason.VOLUME_CLAIM_MISSING,
                "The PersistentVolumeClaim " + claimName + " was deleted, and the cluster's objects are on its volume."
                        + " If the PersistentVolume is still there, put the claim back (docs/operations.md tells how);"
                        + " otherwise delete the SandboxCluster and apply it again");
    }

    /** The verdict on a claim whose size the host cluster does not change. */
    static Verdict expansionRefused(String refusal) {
        return Verdict.fails(
                Reason.EXPANSION_REFUSED,
                "The volume keeps its size, for the host cluster refuses to expand it. The cluster goes on working; to"
                        + " have the larger size, set allowVolumeExpansion in the StorageClass: " + refusal);
    }

    private static Verdict of(PersistentVolumeClaim claim, String pod, Optional<Verdict> writes, List<Event> warnings) {
        String name = claim.getMetadata().getName();
        if (claim.getMetadata().getDeletionTimestamp() != null) {
            return Verdict.fails(
                    Reason.VOLUME_CLAIM_TERMINATING,
                    "The PersistentVolumeClaim " + name + " was deleted and goes as soon as the pod ends, and with it"
                            + " the cluster's objects: save what you need now");
        }
        return switch (Optional.ofNullable(claim.getStatus().getPhase()).orElse("Pending")) {
            case "Bound" ->
                ExpansionCheck.outstanding(claim)
                        ? expanding(writes, ExpansionCheck.check(claim, pod, warnings))
                        : writes.orElseGet(() -> Verdict.holds(
                                Reason.VOLUME_BOUND,
                                "The objects are on " + claim.getSpec().getVolumeName() + " of "
                                        + claim.getStatus().getCapacity().get("storage")));
            case "Lost" ->
                Verdict.fails(
                        Reason.VOLUME_LOST,
                        "The PersistentVolume " + claim.getSpec().getVolumeName()
                                + " is gone, and with it the cluster's objects. Delete the SandboxCluster and apply it"
                                + " again");
            default -> pending(claim, warnings);
        };
    }

    /** Where nothing can be written, what keeps the volume from growing is what to mend. */
    private static Verdict expanding(Optional<Verdict> writes, Verdict expansion) {
        return writes.map(bad -> Verdict.fails(bad.reason(), bad.message() + ". " + expansion.message()))
                .orElse(expansion);
    }

    private static Verdict pending(PersistentVolumeClaim claim, List<Event> warnings) {
        String storageClass = claim.getSpec().getStorageClassName();
        if (storageClass == null || storageClass.isEmpty()) {
            return Verdict.fails(
                    Reason.STORAGE_CLASS_NOT_FOUND,
                    "The host cluster has no default StorageClass: name one in storage.storageClassName of a new"
                            + " SandboxCluster, or mark one as the default");
        }
        Optional<String> failure = Warnings.latest(warnings, "ProvisioningFailed");
        if (failure.filter(Wording.NO_STORAGE_CLASS::isSaidIn).isPresent()) {
            return Verdict.fails(
                    Reason.STORAGE_CLASS_NOT_FOUND,
                    "There is no StorageClass " + storageClass
                            + ": create it, or name another in a new SandboxCluster");
        }
        return failure.map(message -> Verdict.fails(
                        Reason.PROVISIONING_FAILED,
                        "StorageClass " + storageClass + " does not provide the volume: " + message))
                .orElseGet(() -> Verdict.fails(
                        Reason.VOLUME_PENDING,
                        "Waiting for StorageClass " + storageClass
                                + " to provide the volume; if this lasts, its provisioner may not run"));
    }
}
