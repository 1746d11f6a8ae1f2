package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import java.util.Objects;

/**
 * What to dial.
 *
 * @param access as users reach it
 * @param persistent whether its objects are on a volume, which outlives its pod, and may run full while the API goes on
 *     answering
 * @param incarnation changes when the control plane was started anew, so that what was seen before says nothing now
 */
public record Target(SandboxAccess access, boolean persistent, String incarnation) {

    public Target {
        Objects.requireNonNull(access, "access");
        Objects.requireNonNull(incarnation, "incarnation");
    }
}
