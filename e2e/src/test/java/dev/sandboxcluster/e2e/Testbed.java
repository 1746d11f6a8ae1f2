package dev.sandboxcluster.e2e;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * The test bed with the packaged operator, installed by its chart; up once for all scenarios. It goes down after the
 * last one, unless it was up before the first. Scenarios of different classes run side by side, unless one is
 * {@link #alone}.
 */
final class Testbed implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    static final Path CHART = Path.of(System.getProperty("chart.dir"));

    /** The namespace in which an Argo CD would be. */
    static final String ARGO_CD = "argocd";

    private static final String HELM_IMAGE = "sandboxcluster.test/helm:v4";
    private static final String KWOK_IMAGE = "sandboxcluster.test/kwok:v0.8.0";

    private static final Namespace UP = Namespace.create(Testbed.class);

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final List<String> namespaces = new ArrayList<>();
    private final List<String> lasting = new ArrayList<>();
    private Up up;

    @Override
    public void beforeAll(ExtensionContext context) {
        up = context.getRoot().getStore(UP).getOrComputeIfAbsent(UP, key -> new Up(), Up.class);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        up.scenarios.readLock().lock();
    }

    /** Sandboxes that nobody looks at any more would slow down the others. */
    @Override
    public void afterEach(ExtensionContext context) {
        try {
            delete(namespaces);
        } finally {
            // It is called for scenarios that were skipped before they began, too.
            if (up.scenarios.getReadHoldCount() > 0) {
                up.scenarios.readLock().unlock();
            }
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        delete(lasting);
    }

    private void delete(List<String> names) {
        names.forEach(name ->
                kubectl("delete", "namespace", name, "--wait=false").run().ok());
        names.clear();
    }

    HostCluster host() {
        return up.host;
    }

    /** The host cluster's administrator. */
    KubernetesClient client() {
        return host().client();
    }

    /** {@code kubectl} as the host cluster's administrator. */
    Command kubectl(String... words) {
        return host().kubectl(words);
    }

    /** The address at which machines reach node ports. */
    String nodeAddress() {
        return host().nodeAddress();
    }

    /** Whether the sandboxes run the stand-in for k3s. */
    static boolean standIn(ExtensionContext context) {
        return context.getRoot()
                .getStore(UP)
                .get(UP, Up.class)
                .host
                .controlPlane()
                .standIn();
    }

    /** A new namespace that enforces the restricted Pod Security profile, for one scenario. */
    String namespace(String prefix) {
        return namespace(prefix, namespaces);
    }

    /** The same for all scenarios of a class. */
    String lastingNamespace(String prefix) {
        return namespace(prefix, lasting);
    }

    /** The same, in which pods may be privileged. */
    String privilegedNamespace(String prefix) {
        return privileged(namespace(prefix));
    }

    /** The same for all scenarios of a class. */
    String lastingPrivilegedNamespace(String prefix) {
        return privileged(lastingNamespace(prefix));
    }

    private String privileged(String namespace) {
        kubectl("label", "--overwrite", "namespace", namespace, "pod-security.kubernetes.io/enforce=privileged")
                .run()
                .ok();
        return namespace;
    }

    private String namespace(String prefix, List<String> kept) {
        String name = prefix + "-" + NUMBER.incrementAndGet();
        kept.add(name);
        kubectl("create", "namespace", name).run().ok();
        kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
                .run()
                .ok();
        return name;
    }

    /**
     * Does something, as a part of a scenario, that no other one must see: those beside it end before, or wait, until all
     * operators run again.
     */
    void alone(Runnable what) {
        up.scenarios.readLock().unlock();
        up.scenarios.writeLock().lock();
        try {
            what.run();
            awaitOperators();
        } finally {
            up.scenarios.readLock().lock();
            up.scenarios.writeLock().unlock();
        }
    }

    private void awaitOperators() {
        kubectl(
                        "rollout",
                        "status",
                        "deployment/" + HostCluster.RELEASE,
                        "--namespace=" + HostCluster.SYSTEM,
                        "--timeout=120s")
                .run()
                .ok();
    }

    /** Does something, {@link #alone}, while no operator runs; as many as before run again afterwards. */
    void withoutOperator(Runnable what) {
        alone(() -> whileNoneRuns(what));
    }

    private void whileNoneRuns(Runnable what) {
        int replicas = client().apps()
                .deployments()
                .inNamespace(HostCluster.SYSTEM)
                .withName(HostCluster.RELEASE)
                .get()
                .getSpec()
                .getReplicas();
        scaleOperator(0);
        try {
            kubectl(
                            "wait",
                            "pod",
                            "--namespace=" + HostCluster.SYSTEM,
                            "--selector=app.kubernetes.io/name=" + HostCluster.RELEASE,
                            "--for=delete",
                            "--timeout=110s")
                    .run()
                    .ok();
            what.run();
        } finally {
            scaleOperator(replicas);
        }
    }

    /**
     * Does something while no operator is installed, only its CustomResourceDefinition; it is installed again afterwards.
     * For a class that is isolated: sandboxes of others may go with the CustomResourceDefinition.
     */
    void withoutRelease(Runnable what) {
        Bed.helm(host().kubeconfig(), "uninstall", HostCluster.RELEASE, "--namespace=" + HostCluster.SYSTEM, "--wait")
                .run()
                .ok();
        try {
            what.run();
        } finally {
            up.install();
        }
    }

    /**
     * Installs another release of the operator in place of the one under test, until {@link #upgrade} or {@link #restore}.
     * For a class that is isolated.
     */
    void installInstead(FormerRelease former) {
        Bed.loadImage(former.image().toString());
        Bed.helm(host().kubeconfig(), "uninstall", HostCluster.RELEASE, "--namespace=" + HostCluster.SYSTEM, "--wait")
                .run()
                .ok();
        up.replaced = true;
        up.install(former.chart(), former.tag());
    }

    /** To the release under test, as its documentation tells users to do it. */
    void upgrade() {
        Bed.helm(
                        host().kubeconfig(),
                        "upgrade",
                        HostCluster.RELEASE,
                        CHART.toString(),
                        "--namespace=" + HostCluster.SYSTEM,
                        "--reset-then-reuse-values",
                        "--set=image.tag=" + Up.TAG,
                        "--wait",
                        "--timeout=2m")
                .run(Duration.ofMinutes(3))
                .ok();
        up.replaced = false;
    }

    /** The release under test is installed again, if it isn't. */
    void restore() {
        if (up.replaced) {
            up.install();
        }
    }

    private void scaleOperator(int replicas) {
        kubectl(
                        "scale",
                        "deployment/" + HostCluster.RELEASE,
                        "--namespace=" + HostCluster.SYSTEM,
                        "--replicas=" + replicas)
                .run()
                .ok();
    }

    private static final class Up implements AutoCloseable {

        private static final String TAG = "dev";

        private final ReentrantReadWriteLock scenarios = new ReentrantReadWriteLock(true);
        private final boolean wasUp;
        private final HostCluster host;

        /** Whether another release is installed. */
        private boolean replaced;

        Up() {
            wasUp = Bed.isUp();
            Bed.up();
            try {
                host = HostCluster.ofTestBed();
                install();
            } catch (RuntimeException | Error failed) {
                down();
                throw failed;
            }
        }

        private void install() {
            if (host.client().namespaces().withName(ARGO_CD).get() == null) {
                host.kubectl("create", "namespace", ARGO_CD).run().ok();
            }
            Bed.loadImage(System.getProperty("operator.image"));
            install(
                    CHART,
                    TAG,
                    "--set=outputs.argoCDNamespaces={" + ARGO_CD + "}",
                    "--set=bootstrap.helmImage=" + HELM_IMAGE,
                    "--set=simulation.image=" + KWOK_IMAGE,
                    "--set=router.enabled=true",
                    "--set=doze.enabled=true",
                    "--set=workers.hosted.allowPrivileged=true",
                    "--set-json=workers.hosted.ingress.hosts=[\"*.{namespace}.example.com\"]");
            replaced = false;
        }

        private void install(Path chart, String tag, String... more) {
            Bed.helm(
                            host.kubeconfig(),
                            "upgrade",
                            "--install",
                            HostCluster.RELEASE,
                            chart.toString(),
                            "--namespace=" + HostCluster.SYSTEM,
                            "--create-namespace",
                            "--set=image.repository=sandboxcluster.dev/operator",
                            "--set=image.tag=" + tag,
                            "--set=controlPlane.imageRepository="
                                    + host.controlPlane().repository(),
                            "--set=controlPlane.version=" + host.controlPlane().tag(),
                            // The image's tag is the same for every build.
                            "--set-string=podAnnotations.tested=" + System.nanoTime(),
                            "--wait",
                            "--timeout=2m")
                    .with(more)
                    .run(Duration.ofMinutes(3))
                    .ok();
        }

        private void down() {
            if (!wasUp) {
                Bed.down();
            }
        }

        @Override
        public void close() {
            host.close();
            down();
        }
    }
}
