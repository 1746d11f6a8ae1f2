package dev.sandboxcluster.operator.host;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host cluster's own address ranges, as far as they can be known: those in the operator's settings, the nodes' pod
 * ranges and the ServiceCIDRs (Kubernetes 1.33 and later), where they may be read. Asked only for sandboxes with
 * workers, and seldom.
 */
public final class HostNetwork {

    private static final Logger LOG = LoggerFactory.getLogger(HostNetwork.class);

    private static final Duration REMEMBER = Duration.ofMinutes(10);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(15);
    private static final long NODES = 500;

    private final KubernetesClient client;
    private final Set<String> settings;
    private final boolean clusterWide;
    private final Clock clock;
    private List<String> ranges = List.of();
    private Instant asked = Instant.MIN;

    /** @param settings ranges that the host cluster does not tell */
    public HostNetwork(KubernetesClient client, Set<String> settings, boolean clusterWide, Clock clock) {
        this.client = client;
        this.settings = settings;
        this.clusterWide = clusterWide;
        this.clock = clock;
    }

    /** The known ranges in CIDR notation. */
    public synchronized List<String> ranges() {
        Instant now = clock.instant();
        if (asked.plus(REMEMBER).isBefore(now)) {
            asked = now;
            List<String> former = ranges;
            List<String> found = Stream.of(settings.stream(), podRanges(), serviceRanges())
                    .flatMap(some -> some)
                    .toList();
            // While the host cluster does not tell, its ranges are taken not to have changed.
            boolean told = asked.equals(now);
            ranges = Stream.concat(found.stream(), told ? Stream.of() : former.stream())
                    .distinct()
                    .toList();
        }
        return ranges;
    }

    private Stream<String> podRanges() {
        return readable(() -> client
                .nodes()
                .list(new ListOptionsBuilder().withLimit(NODES).build())
                .getItems()
                .stream()
                .flatMap(node -> node.getSpec().getPodCIDRs().stream()));
    }

    private Stream<String> serviceRanges() {
        return readable(() ->
                client.genericKubernetesResources("networking.k8s.io/v1", "ServiceCIDR").list().getItems().stream()
                        .flatMap(range -> cidrs(range).stream()));
    }

    private static List<String> cidrs(GenericKubernetesResource range) {
        return range.get("spec", "cidrs") instanceof List<?> cidrs
                ? cidrs.stream().map(String::valueOf).toList()
                : List.of();
    }

    private Stream<String> readable(Supplier<Stream<String>> ask) {
        if (!clusterWide) {
            return Stream.empty();
        }
        try {
            return ask.get();
        } catch (KubernetesClientException e) {
            LOG.debug("Not known", e);
            asked = clock.instant().minus(REMEMBER).plus(AFTER_FAILURE);
            return Stream.empty();
        }
    }
}
