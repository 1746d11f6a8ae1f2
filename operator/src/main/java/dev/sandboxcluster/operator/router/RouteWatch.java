package dev.sandboxcluster.operator.router;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a table true to the API. While the API is away the table stays as it is. A namespace that it may not read, or that
 * is gone, has no routes until it may.
 */
final class RouteWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RouteWatch.class);
    private static final Set<Integer> REFUSED = Set.of(401, 403, 404);

    private final List<Watched> watched;

    /**
     * Begins at once, and waits for nothing.
     *
     * @param namespaces empty: all
     */
    RouteWatch(KubernetesClient client, Set<String> namespaces, RouteTable table) {
        var routes = client.resources(SandboxClusterRoute.class);
        watched = (namespaces.isEmpty()
                        ? Stream.of(routes.inAnyNamespace().runnableInformer(0))
                        : namespaces.stream()
                                .map(namespace -> routes.inNamespace(namespace).runnableInformer(0)))
                .map(Watched::new)
                .toList();
        watched.forEach(one -> one.informer()
                .addEventHandler(into(table))
                // A Role that is not there yet, an API that is away: it goes on until it is closed.
                .exceptionHandler((started, failure) -> one.failed(failure))
                .start());
    }

    /** Whether all routes were seen that were there at the beginning and may be read. */
    boolean complete() {
        return watched.stream().anyMatch(Watched::seen)
                && watched.stream().allMatch(one -> one.seen() || one.refused());
    }

    /** Whether it goes on, be the API there or not. */
    boolean running() {
        return watched.stream().allMatch(one -> one.informer().isRunning());
    }

    private static final class Watched {

        private final SharedIndexInformer<SandboxClusterRoute> informer;
        private volatile boolean refused;
        private volatile String said = "";

        Watched(SharedIndexInformer<SandboxClusterRoute> informer) {
            this.informer = informer;
        }

        SharedIndexInformer<SandboxClusterRoute> informer() {
            return informer;
        }

        boolean seen() {
            return informer.hasSynced();
        }

        boolean refused() {
            return refused;
        }

        /** @return that it goes on */
        boolean failed(Throwable failure) {
            Throwable cause = failure;
            while (!(cause instanceof KubernetesClientException) && cause.getCause() != null) {
                cause = cause.getCause();
            }
            refused = cause instanceof KubernetesClientException refusal && REFUSED.contains(refusal.getCode());
            String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
            if (!message.equals(said)) {
                LOG.warn("Routes can't be read, and are tried again until they can: {}", message);
                said = message;
            }
            return true;
        }
    }

    @Override
    public void close() {
        watched.forEach(one -> one.informer().close());
    }

    private static ResourceEventHandler<SandboxClusterRoute> into(RouteTable table) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(SandboxClusterRoute route) {
                table.put(RouteReader.read(route));
            }

            @Override
            public void onUpdate(SandboxClusterRoute before, SandboxClusterRoute route) {
                table.put(RouteReader.read(route));
            }

            @Override
            public void onDelete(SandboxClusterRoute route, boolean unknown) {
                table.remove(RouteReader.id(route));
            }
        };
    }
}
