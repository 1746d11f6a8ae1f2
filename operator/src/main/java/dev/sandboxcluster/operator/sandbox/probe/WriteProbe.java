package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.operator.verdict.Wording;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Finds out whether one sandbox stores what is written: an API server whose store has no room left goes on calling
 * itself ready. It writes only where nobody else has for a while. Mostly somebody has, as API servers and kubelets renew
 * what says that they live, every ten seconds.
 */
final class WriteProbe {

    private final SandboxApi api;
    private final Duration stall;
    private final Clock clock;

    /** As last seen; null: not seen yet. */
    private String revision;
    /** When a write was last known to work; null: never. */
    private Instant provenAt;

    private int failures;
    private Optional<String> refusal = Optional.empty();

    /** @param stall how long nothing may have been written before this writes */
    WriteProbe(SandboxApi api, Duration stall, Clock clock) {
        this.api = api;
        this.stall = stall;
        this.clock = clock;
    }

    /** What the API server says to writes; empty: as far as is known, they work. */
    Optional<String> refusal() {
        return refusal;
    }

    /** Brings {@link #refusal} up to date; leaves it when there is no answer to learn from. */
    Future<Void> run() {
        if (provenAt == null || failures > 0) {
            return write();
        }
        return api.revision().compose(current -> {
            if (!current.equals(revision)) {
                revision = current;
                provenAt = clock.instant();
            }
            return clock.instant().isBefore(provenAt.plus(stall)) ? Future.succeededFuture() : write();
        });
    }

    private Future<Void> write() {
        return api.write().onSuccess(this::learn).mapEmpty();
    }

    private void learn(Optional<String> refused) {
        if (refused.isEmpty()) {
            provenAt = clock.instant();
            failures = 0;
            refusal = refused;
            return;
        }
        failures++;
        // Anything but a full volume may be chance once.
        if (failures > 1 || Wording.FULL_VOLUME.isSaidIn(refused.get())) {
            refusal = refused;
        }
    }
}
