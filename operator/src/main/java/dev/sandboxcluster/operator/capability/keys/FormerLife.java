package dev.sandboxcluster.operator.capability.keys;

import java.util.Optional;

/**
 * What keys must be true to: the objects of a sandbox that outlive its pod, and may outlive its SandboxCluster.
 *
 * @param retained whether volume and keys are to outlive the SandboxCluster
 * @param present whether the volume is there
 * @param caHash of the sandbox whose objects are on it
 */
public record FormerLife(boolean retained, boolean present, Optional<String> caHash) {

    /** Of a sandbox whose objects live and die with its pod. */
    public static final FormerLife NONE = new FormerLife(false, false, Optional.empty());
}
