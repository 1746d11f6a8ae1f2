package dev.sandboxcluster.operator.host;

import dev.sandboxcluster.operator.config.RouterSettings;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Service in front of the router, as the host cluster has it. */
public final class RouterService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RouterService.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final SharedIndexInformer<Service> informer;
    private final RouterSettings settings;
    private final long begun = System.nanoTime();
    private final AtomicBoolean missed = new AtomicBoolean();

    /**
     * Watches it from now on, until closed. What is refused is tried again.
     *
     * @param onChange told when it is another; must not block
     */
    public RouterService(KubernetesClient client, RouterSettings settings, Runnable onChange) {
        this.settings = settings;
        informer = client.services()
                .inNamespace(settings.namespace())
                .withName(settings.service())
                .runnableInformer(0)
                .exceptionHandler((started, refused) -> true)
                .addEventHandler(new Changes(onChange));
        informer.start();
    }

    /** As it was last heard of; empty: it isn't there, or wasn't heard of yet. */
    public Optional<Service> get() {
        return Stream.of(informer.getStore().list())
                .flatMap(known -> known.stream())
                .findFirst();
    }

    /** Whether it was heard of, there or not. */
    public boolean known() {
        return informer.hasSynced();
    }

    /** Whether it may still be heard of in a moment. After that one has to do without, which is said once. */
    public boolean awaited() {
        if (known()) {
            return false;
        }
        if (System.nanoTime() - begun < PATIENCE.toNanos()) {
            return true;
        }
        if (missed.compareAndSet(false, true)) {
            LOG.warn(
                    "The router's Service {}/{} can't be read, and is tried again; until then sandboxes keep the address that"
                            + " they have. Is the operator's Role there, which the chart makes with router.enabled?",
                    settings.namespace(),
                    settings.service());
        }
        return false;
    }

    @Override
    public void close() {
        informer.close();
    }

    private record Changes(Runnable onChange) implements ResourceEventHandler<Service> {
        @Override
        public void onAdd(Service added) {
            onChange.run();
        }

        @Override
        public void onUpdate(Service before, Service after) {
            onChange.run();
        }

        @Override
        public void onDelete(Service deleted, boolean unknown) {
            onChange.run();
        }
    }
}
