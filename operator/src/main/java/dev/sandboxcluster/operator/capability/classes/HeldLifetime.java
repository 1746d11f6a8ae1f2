package dev.sandboxcluster.operator.capability.classes;

import dev.sandboxcluster.api.v1alpha1.Lifetime;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.objects.SpecDuration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.Set;

/** How long a sandbox lives whose spec doesn't take effect; pure. It may make its life shorter, and no longer. */
final class HeldLifetime {

    private HeldLifetime() {}

    /**
     * The spec with the earlier end.
     *
     * @param expiresAt when it ended by the spec that took effect last, RFC 3339; null: never
     */
    static SandboxClusterSpec of(SandboxClusterSpec spec, Instant created, String expiresAt) {
        Optional<Lifetime> wanted = Optional.ofNullable(spec.lifetime());
        boolean earlier = wanted.map(lifetime -> end(lifetime, created))
                .filter(end -> expiresAt == null || !end.isAfter(Instant.parse(expiresAt)))
                .isPresent();
        if (earlier || expiresAt == null) {
            return spec;
        }
        Fields other = Fields.of(wanted.orElse(null)).without(Set.of("ttl", "expiresAt"));
        return Fields.of(spec)
                .with(
                        "lifetime",
                        Fields.of(new Lifetime(null, expiresAt, null, null, null, null))
                                .or(other))
                .as(SandboxClusterSpec.class);
    }

    private static Instant end(Lifetime lifetime, Instant created) {
        return Optional.ofNullable(lifetime.ttl())
                .map(ttl -> created.plus(SpecDuration.parse(ttl)))
                .or(() -> Optional.ofNullable(lifetime.expiresAt())
                        .map(end -> OffsetDateTime.parse(end).toInstant()))
                .orElse(null);
    }
}
