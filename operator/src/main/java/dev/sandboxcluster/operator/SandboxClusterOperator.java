package dev.sandboxcluster.operator;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.cluster.LookAgain;
import dev.sandboxcluster.operator.cluster.SandboxClusterReconciler;
import dev.sandboxcluster.operator.cluster.WarmUp;
import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.host.CompactStore;
import dev.sandboxcluster.operator.host.HostAccess;
import dev.sandboxcluster.operator.leadership.LeaderElection;
import dev.sandboxcluster.operator.leadership.Leadership;
import dev.sandboxcluster.operator.leadership.LeaseTimes;
import dev.sandboxcluster.operator.metrics.Leader;
import dev.sandboxcluster.operator.metrics.Naps;
import dev.sandboxcluster.operator.metrics.StartTimes;
import dev.sandboxcluster.operator.sandbox.probe.ProbeSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetrics;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator, wired: one controller, its event sources, and the prober that dials the clusters. */
public final class SandboxClusterOperator implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SandboxClusterOperator.class);

    private static final int RECONCILE_THREADS = 8;
    private static final int WRITE_THREADS = 16;
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
    private static final Duration SHUTDOWN = Duration.ofSeconds(5);

    /** So long a namespace that may not be seen holds up the start; those that were seen are served in any case. */
    private static final Duration FILLED_AT_THE_LATEST = Duration.ofSeconds(10);

    private final Operator operator;
    private final SandboxClusterReconciler reconciler;
    private final Leadership leadership;
    private final KubernetesClient client;
    private final OperatorConfig config;
    private final Clock clock;

    /** Wires an operator; {@link #start} makes it work. */
    public SandboxClusterOperator(KubernetesClient client, OperatorConfig config, MeterRegistry metrics, Clock clock) {
        this.client = client;
        this.config = config;
        this.clock = clock;
        leadership = config.lease()
                .<Leadership>map(
                        lease -> new LeaderElection(client, lease, LeaseTimes.DEFAULT, clock, System::nanoTime))
                .orElseGet(Leadership::undivided);
        Leader.register(metrics, leadership::held);
        reconciler = new SandboxClusterReconciler(
                config, ProbeSettings.DEFAULT, new StartTimes(metrics), new Naps(metrics), leadership, clock);
        operator = new Operator(overrides -> overrides
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withConcurrentReconciliationThreads(RECONCILE_THREADS)
                .withConcurrentWorkflowExecutorThreads(WRITE_THREADS)
                .withReconciliationTerminationTimeout(SHUTDOWN)
                .withStopOnInformerErrorDuringStartup(false)
                .withCacheSyncTimeout(FILLED_AT_THE_LATEST)
                // Otherwise a late event of an earlier version would hide what the operator wrote since.
                .withParseResourceVersions(true)
                .withMetrics(MicrometerMetrics.withoutPerResourceMetrics(metrics)));
        operator.register(reconciler, controller -> {
            controller
                    .withName("sandboxcluster")
                    .withFieldManager(Labels.OPERATOR)
                    .withReconciliationMaxInterval(LookAgain.AT_THE_LATEST)
                    // Annotations count too; the operator's own writes of the status do not.
                    .withGenerationAware(false)
                    .withOnUpdateFilter(SandboxClusterOperator::isWish)
                    .withRetry(new GenericRetry()
                            .setMaxAttempts(-1)
                            .setInitialInterval(FIRST_RETRY.toMillis())
                            .setIntervalMultiplier(2)
                            .setMaxInterval(LONGEST_RETRY.toMillis()));
            if (config.clusterWide()) {
                controller.watchingAllNamespaces();
            } else {
                controller.settingNamespaces(config.watchNamespaces());
            }
            if (config.watchNamespaces().size() <= 1) {
                controller.withItemStore(new CompactStore<>(SandboxCluster.class, client.getKubernetesSerialization()));
            }
        });
    }

    private static boolean isWish(SandboxCluster after, SandboxCluster before) {
        return !Objects.equals(
                        after.getMetadata().getGeneration(),
                        before.getMetadata().getGeneration())
                || !Objects.equals(
                        after.getMetadata().getAnnotations(),
                        before.getMetadata().getAnnotations())
                || after.isMarkedForDeletion() != before.isMarkedForDeletion();
    }

    /**
     * Fills the caches, and reconciles as soon as this operator leads; returns when the caches are filled.
     *
     * @throws io.javaoperatorsdk.operator.OperatorException if the host cluster does not let it
     */
    public void start() {
        new HostAccess(client, config).check();
        WarmUp.run(clock.instant());
        operator.start();
        leadership.campaign(reconciler);
        LOG.info("Serving {}", config.clusterWide() ? "all namespaces" : config.watchNamespaces());
    }

    /** Whether the caches are filled: those of one that stands by are, too. */
    public boolean ready() {
        return operator.getRuntimeInfo().isStarted();
    }

    /**
     * Whether it works, or will as soon as the host cluster lets it: an API that is away, or a namespace that was deleted,
     * is not mended by a restart.
     */
    public boolean live() {
        return !ready() || reconciler.watching() && leadership.alive();
    }

    /** Whether it is the one that acts. */
    public boolean leading() {
        return leadership.held();
    }

    @Override
    public void close() {
        operator.stop();
        reconciler.close();
        leadership.close();
    }
}
