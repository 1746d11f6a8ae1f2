package dev.sandboxcluster.operator.capability.workers.simulated.session;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Behind;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Service;
import dev.sandboxcluster.operator.sandbox.session.Listing;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import dev.sandboxcluster.operator.sandbox.session.Scan;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Looks on which Nodes the endpoints of Services are. */
final class ServiceNodes {

    private static final String PATH = "/apis/discovery.k8s.io/v1/endpointslices";
    private static final String LABEL = "kubernetes.io/service-name";
    /** Of all portions together. */
    private static final long MOST = 4 * 1024 * 1024;
    /** What fits into a URL. */
    private static final int NAMES = 64;
    /** Each is a request in each pass, and a watch. */
    private static final int PORTIONS = 8;

    private ServiceNodes() {}

    /**
     * Who stands behind the Services; some requests, or none.
     *
     * @param nodes names of the simulated ones
     * @param onChange told when that may have changed
     */
    static Behind read(Set<String> nodes, Set<Service> services, SandboxSession session, Runnable onChange) {
        if (services.isEmpty()) {
            return Behind.NOBODY;
        }
        Set<Service> simulated = new HashSet<>();
        Set<Service> others = new HashSet<>();
        Set<String> seen = new HashSet<>();
        long left = MOST;
        for (List<String> portion : portions(services)) {
            Listing<EndpointSliceList> listing = listing(portion);
            Scan.Result read =
                    session.scan(listing.path() + "?" + listing.selector(), Slice.class, left, slice -> slice.service()
                            .filter(services::contains)
                            .ifPresent(service -> slice.all()
                                    .forEach(endpoint -> (endpoint.isOn(nodes) ? simulated : others).add(service))));
            if (!read.complete()) {
                break;
            }
            session.watch(listing, read.resourceVersion(), onChange);
            seen.addAll(portion);
            left -= read.bytes();
        }
        return new Behind(
                simulated,
                others,
                services.stream()
                        .filter(service -> !seen.contains(service.name()))
                        .collect(Collectors.toSet()));
    }

    /** Of the names that are asked for, as many as are asked for at a time. */
    static List<List<String>> portions(Set<Service> services) {
        List<String> names =
                services.stream().map(Service::name).distinct().sorted().toList();
        return IntStream.iterate(0, from -> from < names.size(), from -> from + NAMES)
                .limit(PORTIONS)
                .mapToObj(from -> names.subList(from, Math.min(from + NAMES, names.size())))
                .toList();
    }

    private static Listing<EndpointSliceList> listing(List<String> names) {
        return new Listing<>(
                PATH,
                "labelSelector=" + LABEL.replace("/", "%2F") + "%20in%20(" + String.join("%2C", names) + ")",
                EndpointSliceList.class,
                0);
    }

    private record Metadata(String namespace, Labels labels) {}

    private record Labels(@JsonProperty(LABEL) String service) {}

    private record Endpoint(String nodeName) {

        private boolean isOn(Set<String> nodes) {
            return nodeName != null && nodes.contains(nodeName);
        }
    }

    private record Slice(Metadata metadata, List<Endpoint> endpoints) {

        private Optional<Service> service() {
            return Optional.ofNullable(metadata)
                    .map(Metadata::labels)
                    .map(Labels::service)
                    .map(name -> new Service(metadata.namespace, name));
        }

        private List<Endpoint> all() {
            return Optional.ofNullable(endpoints).orElse(List.of());
        }
    }
}
