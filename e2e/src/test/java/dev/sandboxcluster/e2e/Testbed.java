package dev.sandboxcluster.e2e;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * The test bed with the packaged operator, installed by its chart; up once for all scenarios. It goes down after the
 * last one, unless it was up before the first.
 */
final class Testbed implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    static final String SYSTEM = "sandboxcluster-system";
    static final String RELEASE = "sandboxcluster-operator";
    static final Path CHART = Path.of(System.getProperty("chart.dir"));

    private static final Path DIRECTORY = Path.of(System.getProperty("testbed.dir"));
    private static final Path BIN = DIRECTORY.resolve(".state/bin");
    private static final Duration COLD = Duration.ofMinutes(60);

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final List<String> namespaces = new ArrayList<>();
    private final List<String> lasting = new ArrayList<>();
    private Up up;

    @Override
    public void beforeAll(ExtensionContext context) {
        up = context.getRoot()
                .getStore(Namespace.create(Testbed.class))
                .getOrComputeIfAbsent("up", key -> new Up(), Up.class);
    }

    /** Sandboxes that nobody looks at any more would slow down the others. */
    @Override
    public void afterEach(ExtensionContext context) {
        delete(namespaces);
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

    /** The host cluster's administrator. */
    KubernetesClient client() {
        return up.client;
    }

    /** {@code kubectl} as the host cluster's administrator. */
    static Command kubectl(Path kubeconfig, String... words) {
        return tool("kubectl", kubeconfig).with(words);
    }

    static Command helm(Path kubeconfig, String... words) {
        return tool("helm", kubeconfig).with(words);
    }

    /** {@code helm} without a cluster. */
    static Command helm() {
        Command.of(DIRECTORY.resolve("build").toString(), "tools").runVisibly(COLD);
        return Command.of(BIN.resolve("helm").toString());
    }

    Command kubectl(String... words) {
        return kubectl(up.kubeconfig, words);
    }

    /** The address at which machines reach node ports. */
    String nodeAddress() {
        return client().nodes().list().getItems().get(0).getStatus().getAddresses().stream()
                .filter(address -> address.getType().equals("InternalIP"))
                .findFirst()
                .orElseThrow()
                .getAddress();
    }

    /** Whether the sandboxes run the stand-in for k3s. */
    boolean standIn() {
        return up.controlPlane.get("CONTROL_PLANE_KIND").equals("stand-in");
    }

    /** A new namespace that enforces the restricted Pod Security profile, for one scenario. */
    String namespace(String prefix) {
        return namespace(prefix, namespaces);
    }

    /** The same for all scenarios of a class. */
    String lastingNamespace(String prefix) {
        return namespace(prefix, lasting);
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

    /** Does something while no operator runs; one runs again afterwards. */
    void withoutOperator(Runnable what) {
        scaleOperator(0);
        try {
            kubectl("wait", "pod", "--namespace=" + SYSTEM, "--all", "--for=delete", "--timeout=60s")
                    .run()
                    .ok();
            what.run();
        } finally {
            scaleOperator(1);
        }
        kubectl("rollout", "status", "deployment/" + RELEASE, "--namespace=" + SYSTEM, "--timeout=60s")
                .run()
                .ok();
    }

    private void scaleOperator(int replicas) {
        kubectl("scale", "deployment/" + RELEASE, "--namespace=" + SYSTEM, "--replicas=" + replicas)
                .run()
                .ok();
    }

    /** {@code worker} of the test bed. */
    static Command worker(String... words) {
        return bed("worker", words);
    }

    /** {@code small-volume} of the test bed. */
    static Command smallVolume(String... words) {
        return bed("small-volume", words);
    }

    private static Command tool(String name, Path kubeconfig) {
        return new Command(List.of(BIN.resolve(name).toString()), Map.of("KUBECONFIG", kubeconfig.toString()));
    }

    private static Command bed(String command, String... words) {
        return Command.of(DIRECTORY.resolve(command).toString()).with(words);
    }

    private static final class Up implements AutoCloseable {

        private final boolean wasUp;
        private final Path kubeconfig;
        private final Map<String, String> controlPlane;
        private final KubernetesClient client;

        Up() {
            wasUp = bed("kubeconfig").run().exitCode() == 0;
            bed("up").runVisibly(COLD);
            try {
                kubeconfig = Path.of(bed("kubeconfig").run().ok().strip());
                controlPlane = bed("control-plane-image")
                        .run()
                        .ok()
                        .lines()
                        .map(line -> line.split("=", 2))
                        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
                client = new KubernetesClientBuilder()
                        .withConfig(new ConfigBuilder(Config.fromKubeconfig(kubeconfig.toFile()))
                                // Not told from the file, where the key is in PKCS #8.
                                .withClientKeyAlgo("EC")
                                .build())
                        .build();
                install();
            } catch (RuntimeException | Error failed) {
                down();
                throw failed;
            }
        }

        private void install() {
            bed("load-image", System.getProperty("operator.image")).run().ok();
            helm(
                            kubeconfig,
                            "upgrade",
                            "--install",
                            RELEASE,
                            CHART.toString(),
                            "--namespace=" + SYSTEM,
                            "--create-namespace",
                            "--set=image.repository=sandboxcluster.dev/operator",
                            "--set=image.tag=dev",
                            "--set=controlPlane.imageRepository=" + controlPlane.get("CONTROL_PLANE_REPOSITORY"),
                            "--set=controlPlane.version=" + controlPlane.get("CONTROL_PLANE_TAG"),
                            // The image's tag is the same for every build.
                            "--set-string=podAnnotations.tested=" + System.nanoTime(),
                            "--wait",
                            "--timeout=2m")
                    .run(Duration.ofMinutes(3))
                    .ok();
        }

        private void down() {
            if (!wasUp) {
                bed("down").runVisibly(Duration.ofMinutes(3));
            }
        }

        @Override
        public void close() {
            client.close();
            down();
        }
    }
}
