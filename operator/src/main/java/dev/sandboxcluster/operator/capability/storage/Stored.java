package dev.sandboxcluster.operator.capability.storage;

import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.Optional;

/**
 * Where the objects are.
 *
 * @param claim of a Persistent sandbox's volume
 * @param flaw what keeps the claim from being as it should
 * @param ready whether a pod can be started with it
 */
public record Stored(Optional<PersistentVolumeClaim> claim, Optional<Verdict> flaw, boolean ready) {

    /** Those of an Ephemeral sandbox. */
    static final Stored IN_THE_POD = new Stored(Optional.empty(), Optional.empty(), true);
}
