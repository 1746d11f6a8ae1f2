package dev.sandboxcluster.operator.capability.outputs.session;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.capability.outputs.ForeignSecret;
import dev.sandboxcluster.operator.host.KnownSecrets;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes Secrets in other namespaces whose SandboxCluster is gone, as its end takes along what it owns, and it can own
 * nothing there. Looks when a SandboxCluster was deleted, and from time to time: an operator that was away has not heard of
 * it. Soon after its start it looks more often, as on a busy machine it learns late of what there is, and that it leads.
 * A look asks nobody, but about what may be left.
 */
public final class LeftoverSecrets extends AbstractEventSource<Void, SandboxCluster>
        implements ResourceEventAware<SandboxCluster> {

    private static final Logger LOG = LoggerFactory.getLogger(LeftoverSecrets.class);

    /** So that many that end together are one look. */
    private static final int AFTER_DELETION_SECONDS = 1;

    private static final int FIRST_SECONDS = 1;
    private static final int BETWEEN_LOOKS_SECONDS = 60;

    private final KubernetesClient client;
    private final KnownSecrets secrets;
    private final Cache<SandboxCluster> primaries;
    private final BooleanSupplier leading;
    private final AtomicBoolean soon = new AtomicBoolean();
    private ScheduledExecutorService looks;

    /**
     * Looks at nothing yet; never, where SandboxClusters have no Secrets in other namespaces.
     *
     * @param primaries where a SandboxCluster isn't found that was deleted
     * @param leading whether sandboxes are this operator's business
     */
    public LeftoverSecrets(
            KubernetesClient client, KnownSecrets secrets, Cache<SandboxCluster> primaries, BooleanSupplier leading) {
        super(Void.class, "leftover-secrets");
        this.client = client;
        this.secrets = secrets;
        this.primaries = primaries;
        this.leading = leading;
    }

    @Override
    public synchronized void start() {
        super.start();
        if (!secrets.namespaces().isEmpty()) {
            looks = Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "leftover-secrets");
                thread.setDaemon(true);
                return thread;
            });
            lookAgain(looks, FIRST_SECONDS);
        }
    }

    /** Until the executor is shut down, which then refuses. */
    private void lookAgain(ScheduledExecutorService mine, int seconds) {
        mine.schedule(
                () -> {
                    look();
                    lookAgain(mine, Math.min(2 * seconds, BETWEEN_LOOKS_SECONDS));
                },
                seconds,
                TimeUnit.SECONDS);
    }

    @Override
    public synchronized void stop() {
        super.stop();
        if (looks != null) {
            looks.shutdownNow();
            looks = null;
        }
    }

    @Override
    public synchronized void onResourceDeleted(SandboxCluster deleted) {
        if (looks != null && soon.compareAndSet(false, true)) {
            looks.schedule(this::look, AFTER_DELETION_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public Set<Void> getSecondaryResources(SandboxCluster primary) {
        return Set.of();
    }

    private void look() {
        soon.set(false);
        if (!leading.getAsBoolean()) {
            return;
        }
        try {
            secrets.ids()
                    .filter(id -> ForeignSecret.isNamed(id.getName()))
                    .flatMap(id -> secrets.get(id).stream())
                    .forEach(this::deleteIfLeft);
        } catch (RuntimeException unexpected) {
            // What is thrown here would end all later looks.
            LOG.warn("Could not look for Secrets of SandboxClusters that are gone; trying again", unexpected);
        }
    }

    private void deleteIfLeft(Secret secret) {
        try {
            if (ForeignSecret.of(secret).filter(this::isGone).isPresent() && leading.getAsBoolean()) {
                client.resource(secret)
                        .lockResourceVersion(secret.getMetadata().getResourceVersion())
                        .delete();
            }
        } catch (KubernetesClientException refused) {
            LOG.warn(
                    "Secret {}/{} of a SandboxCluster that is gone, or may not be seen, stays for now: {}",
                    secret.getMetadata().getNamespace(),
                    secret.getMetadata().getName(),
                    refused.getMessage());
        }
    }

    /** The cache may not know it yet, or not be allowed to: what it doesn't have, the API is asked for. */
    private boolean isGone(Identity sandbox) {
        return !isSame(primaries.get(new ResourceID(sandbox.name(), sandbox.namespace())), sandbox)
                && !isSame(
                        Optional.ofNullable(client.resources(SandboxCluster.class)
                                .inNamespace(sandbox.namespace())
                                .withName(sandbox.name())
                                .get()),
                        sandbox);
    }

    private static boolean isSame(Optional<SandboxCluster> cluster, Identity sandbox) {
        return cluster.filter(found -> found.getMetadata().getUid().equals(sandbox.uid()))
                .isPresent();
    }
}
