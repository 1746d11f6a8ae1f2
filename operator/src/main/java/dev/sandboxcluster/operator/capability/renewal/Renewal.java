package dev.sandboxcluster.operator.capability.renewal;

import java.time.Instant;
import java.util.Optional;

/**
 * When the certificates end that k3s makes for itself.
 *
 * @param expiresAt empty: not known, as none was started yet
 * @param due the end before which the control plane is to be started anew, now; empty: it isn't
 */
public record Renewal(Optional<Instant> expiresAt, Optional<Instant> due) {

    /** Of a control plane that was never started. */
    public static final Renewal UNKNOWN = new Renewal(Optional.empty(), Optional.empty());
}
