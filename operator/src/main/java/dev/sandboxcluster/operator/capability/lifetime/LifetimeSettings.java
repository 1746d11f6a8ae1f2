package dev.sandboxcluster.operator.capability.lifetime;

import dev.sandboxcluster.api.v1alpha1.Lifetime;
import dev.sandboxcluster.api.v1alpha1.Lifetime.ExpirationPolicy;
import dev.sandboxcluster.api.v1alpha1.OperatingMode;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.objects.SpecDuration;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * When the sandbox is to run, and how long it lives; pure.
 *
 * @param suspended whether its user wants it stopped
 * @param expiry when it ends by its spec, whoever uses it; empty: never by itself
 * @param idle when it ends if nobody uses it until then; empty: never
 */
public record LifetimeSettings(boolean suspended, Optional<Expiry> expiry, Optional<Expiry> idle) {

    private static final int NOTICE_FRACTION = 10;
    private static final Duration LONGEST_NOTICE = Duration.ofHours(1);

    /**
     * The end of a sandbox.
     *
     * @param announceAt when it is told that the end is near: with a tenth of its life left, or an hour of a long one
     * @param suspend whether it is stopped then, rather than deleted
     * @param idle whether it ends because nobody is connected
     */
    public record Expiry(Instant at, Instant announceAt, boolean suspend, boolean idle) {}

    /**
     * The same, where it is deleted if nobody is connected until then.
     *
     * @param end empty: never
     * @param after how long nobody was connected by then
     */
    public LifetimeSettings idle(Optional<Instant> end, Optional<Duration> after) {
        return new LifetimeSettings(
                suspended,
                expiry,
                end.flatMap(at -> after.map(time -> new Expiry(at, at.minus(notice(time)), false, true))));
    }

    /** The ends that there are, the first one first. */
    List<Expiry> ends() {
        return Stream.of(expiry, idle)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing(Expiry::at))
                .toList();
    }

    /**
     * What the spec says.
     *
     * @param created when the SandboxCluster was, RFC 3339
     */
    public static LifetimeSettings of(SandboxClusterSpec spec, String created) {
        return new LifetimeSettings(
                spec.operatingMode() == OperatingMode.Suspended,
                Optional.ofNullable(spec.lifetime()).flatMap(lifetime -> expiry(lifetime, created)),
                Optional.empty());
    }

    private static Optional<Expiry> expiry(Lifetime lifetime, String created) {
        return Optional.ofNullable(lifetime.ttl())
                .map(ttl -> Instant.parse(created).plus(SpecDuration.parse(ttl)))
                .or(() -> Optional.ofNullable(lifetime.expiresAt())
                        .map(time -> OffsetDateTime.parse(time).toInstant()))
                .map(end -> expiry(lifetime, Instant.parse(created), end));
    }

    private static Expiry expiry(Lifetime lifetime, Instant created, Instant end) {
        return new Expiry(
                end,
                end.minus(notice(Duration.between(created, end))),
                lifetime.expirationPolicy() == ExpirationPolicy.Suspend,
                false);
    }

    private static Duration notice(Duration life) {
        Duration tenth = life.dividedBy(NOTICE_FRACTION);
        Duration notice = tenth.isNegative() ? Duration.ZERO : tenth;
        return notice.compareTo(LONGEST_NOTICE) < 0 ? notice : LONGEST_NOTICE;
    }
}
