package dev.sandboxcluster.operator.capability.lifetime;

import java.time.Instant;
import java.util.Optional;

/**
 * Where a sandbox is in its life.
 *
 * @param expiresAt when it ends; empty: never by itself
 * @param deleted whether its time was over, so that it was deleted
 * @param suspend whether there is to be no control plane
 */
public record Life(Optional<Instant> expiresAt, boolean deleted, boolean suspend) {

    /** The same, where it could not be deleted. */
    Life kept() {
        return new Life(expiresAt, false, suspend);
    }
}
