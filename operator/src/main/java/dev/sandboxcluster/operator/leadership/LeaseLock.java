package dev.sandboxcluster.operator.leadership;

import dev.sandboxcluster.operator.config.LeaseSettings;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/**
 * The Lease, in the form that Kubernetes' own components give to theirs (k8s.io/client-go, tools/leaderelection): an empty
 * holder has released it. Every write names the version that it replaces, so that of two candidates one gets it.
 */
final class LeaseLock {

    private final KubernetesClient client;
    private final LeaseSettings settings;
    private final LeaseTimes times;
    private final Clock clock;

    LeaseLock(KubernetesClient client, LeaseSettings settings, LeaseTimes times, Clock clock) {
        this.client = impatient(client, times.request());
        this.settings = settings;
        this.times = times;
        this.clock = clock;
    }

    /** The same connection, on which a request ends before the next is due. */
    private static KubernetesClient impatient(KubernetesClient client, Duration request) {
        RequestConfig usual = client.getConfiguration().getRequestConfig();
        RequestConfig bounded = new RequestConfigBuilder(usual)
                .withRequestTimeout((int) request.toMillis())
                .withRequestRetryBackoffLimit(0)
                .build();
        bounded.setImpersonateUsername(usual.getImpersonateUsername());
        return client.newClient(bounded).adapt(KubernetesClient.class);
    }

    Optional<Lease> read() {
        return Optional.ofNullable(lease().get());
    }

    /** How much longer it is somebody else's, who was seen to renew it so long ago; zero: it can be taken. */
    Duration left(Lease lease, Duration seenFor) {
        if (isMine(lease) || holder(lease).isEmpty()) {
            return Duration.ZERO;
        }
        Duration granted =
                Duration.ofSeconds(Optional.ofNullable(lease.getSpec().getLeaseDurationSeconds())
                        .orElse((int) times.lease().toSeconds()));
        Duration left = granted.minus(seenFor);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Takes or renews it; fails with code 409 if somebody else was quicker. */
    Lease take(Optional<Lease> before) {
        ZonedDateTime now = now();
        if (before.isEmpty()) {
            return client.resource(new LeaseBuilder()
                            .withNewMetadata()
                            .withNamespace(settings.namespace())
                            .withName(settings.name())
                            .endMetadata()
                            .withNewSpec()
                            .withHolderIdentity(settings.identity())
                            .withLeaseDurationSeconds((int) times.lease().toSeconds())
                            .withAcquireTime(now)
                            .withRenewTime(now)
                            .withLeaseTransitions(0)
                            .endSpec()
                            .build())
                    .create();
        }
        LeaseSpec spec = Objects.requireNonNullElseGet(before.get().getSpec(), LeaseSpec::new);
        boolean mine = isMine(before.get());
        int transitions = Objects.requireNonNullElse(spec.getLeaseTransitions(), 0);
        return client.resource(new LeaseBuilder(before.get())
                        .editOrNewSpec()
                        .withHolderIdentity(settings.identity())
                        .withLeaseDurationSeconds((int) times.lease().toSeconds())
                        .withAcquireTime(mine && spec.getAcquireTime() != null ? spec.getAcquireTime() : now)
                        .withRenewTime(now)
                        .withLeaseTransitions(mine ? transitions : transitions + 1)
                        .endSpec()
                        .build())
                .update();
    }

    /** Gives it up, if it is this one's. */
    void release() {
        read().filter(this::isMine).ifPresent(lease -> client.resource(new LeaseBuilder(lease)
                        .editSpec()
                        .withHolderIdentity("")
                        .withLeaseDurationSeconds(1)
                        .withRenewTime(now())
                        .endSpec()
                        .build())
                .update());
    }

    boolean isMine(Lease lease) {
        return holder(lease).equals(settings.identity());
    }

    boolean sameHolder(Lease one, Lease other) {
        return holder(one).equals(holder(other));
    }

    /** Who holds it; empty: nobody. */
    String holder(Lease lease) {
        return Optional.ofNullable(lease.getSpec())
                .map(LeaseSpec::getHolderIdentity)
                .orElse("");
    }

    private Resource<Lease> lease() {
        return client.leases().inNamespace(settings.namespace()).withName(settings.name());
    }

    /** As precise as the API server keeps it. */
    private ZonedDateTime now() {
        return clock.instant().atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
    }

    @Override
    public String toString() {
        return settings.namespace() + "/" + settings.name();
    }
}
