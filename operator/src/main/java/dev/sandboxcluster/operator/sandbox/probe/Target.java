package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.operator.sandbox.Administrators;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import java.util.Objects;
import java.util.Optional;

/**
 * What to dial.
 *
 * @param access as users reach it
 * @param persistent whether its objects are on a volume, which outlives its pod, and may run full while the API goes on
 *     answering
 * @param growingCertificate whether k3s adds the address of each of its pods to the serving certificate, for ever
 * @param administrators to whom rights are given where they have none; empty: they need none, or nobody could give any
 * @param incarnation changes when the control plane was started anew, so that what was seen before says nothing now
 */
public record Target(
        SandboxAccess access,
        boolean persistent,
        boolean growingCertificate,
        Optional<Administrators> administrators,
        String incarnation) {

    public Target {
        Objects.requireNonNull(access, "access");
        Objects.requireNonNull(administrators, "administrators");
        Objects.requireNonNull(incarnation, "incarnation");
    }
}
