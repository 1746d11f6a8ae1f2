package dev.sandboxcluster.operator.capability.storage;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.Optional;
import java.util.Set;

/** Whether a Persistent cluster whose API answers also stores what is written. */
final class WriteCheck {

    private static final Set<String> REASONS = Set.of(Reason.VOLUME_FULL, Reason.WRITES_FAIL);

    private WriteCheck() {}

    /**
     * The verdict, if it is a bad one; pure.
     *
     * @param observation what the operator last saw when it dialled
     * @param lastKnown the verdict on {@code Ready} for the same start of the same control plane: what it says about
     *     writes holds until the operator, after a restart of its own, has looked again
     */
    static Optional<Verdict> check(Optional<Observation> observation, Optional<Verdict> lastKnown) {
        return observation.flatMap(seen -> {
            if (seen instanceof Observation.ReadOnly readOnly) {
                return Optional.of(readOnly.volumeFull() ? full(readOnly.message()) : refused(readOnly.message()));
            }
            return lastKnown.filter(
                    verdict -> seen instanceof Observation.Pending && REASONS.contains(verdict.reason()));
        });
    }

    private static Verdict full(String message) {
        return Verdict.fails(
                Reason.VOLUME_FULL,
                "The volume with the cluster's objects is full: they can be read, but nothing can be written or deleted."
                        + " Raise storage.size if its StorageClass can expand volumes. The API server says: "
                        + message);
    }

    private static Verdict refused(String message) {
        return Verdict.fails(
                Reason.WRITES_FAIL,
                "The cluster's objects can be read, but the API server doesn't store what is written; its pod's log may"
                        + " tell why. It says: " + message);
    }
}
