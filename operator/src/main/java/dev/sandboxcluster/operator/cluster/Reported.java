package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The statuses that the operator wrote lately. Its cache learns of them a moment later, on a busy machine seconds: who
 * compared with the cache alone would take an old status for the present one, and leave a wrong one for ever. After a
 * minute the cache is believed again, so that what somebody else wrote meanwhile is seen.
 */
final class Reported {

    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    private final Map<ResourceID, Written> written = new ConcurrentHashMap<>();

    private record Written(String uid, SandboxClusterStatus status, Instant at) {

        boolean isRemembered(Instant now) {
            return at.plus(REMEMBERED).isAfter(now);
        }
    }

    /** What was reported last, of this very SandboxCluster. */
    SandboxClusterStatus latest(SandboxCluster cluster, Instant now) {
        return remembered(cluster, now)
                .map(Written::status)
                .or(() -> Optional.ofNullable(cluster.getStatus()))
                .orElse(SandboxClusterStatus.EMPTY);
    }

    /** To be called once the API server has it. */
    void wrote(SandboxCluster cluster, SandboxClusterStatus status, Instant now) {
        written.values().removeIf(last -> !last.isRemembered(now));
        written.put(ResourceID.fromResource(cluster), new Written(uid(cluster), status, now));
    }

    /** From now on the cache is believed. */
    void forgetAll() {
        written.clear();
    }

    /** When the cache is to be compared with what is: then a wrong status is mended, whatever made it wrong. */
    Optional<Instant> compareAt(SandboxCluster cluster, Instant now) {
        return remembered(cluster, now).map(last -> last.at().plus(REMEMBERED));
    }

    /** How many are remembered; what is older than a minute goes with the next that is written. */
    int size() {
        return written.size();
    }

    private Optional<Written> remembered(SandboxCluster cluster, Instant now) {
        return Optional.ofNullable(written.get(ResourceID.fromResource(cluster)))
                .filter(last -> last.uid().equals(uid(cluster)))
                .filter(last -> last.isRemembered(now));
    }

    private static String uid(SandboxCluster cluster) {
        return cluster.getMetadata().getUid();
    }
}
