package dev.sandboxcluster.operator.it;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClassBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real kube-apiserver with etcd, on loopback, with the CustomResourceDefinitions and the RBAC that the chart installs.
 * There are no controllers and no nodes: pods do not come to be. The executables are the test bed's.
 */
public final class HostCluster implements BeforeAllCallback, AfterAllCallback {

    private static final String VERSION = "1.33.13";
    private static final String OPERATOR = "system:serviceaccount:sandboxcluster-system:sandboxcluster-operator";
    private static final Set<String> RBAC =
            Set.of("ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding");
    private static final Path BIN = Path.of(System.getProperty("testbed.bin", "../e2e/testbed/.state/bin"))
            .toAbsolutePath()
            .normalize();

    private final AtomicInteger namespaces = new AtomicInteger();
    private Path directory;
    private KubeAPIServer server;
    private KubernetesClient admin;
    private Config config;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        directory = Files.createTempDirectory("host-cluster");
        Path binaries = Files.createDirectories(directory.resolve("k8s/" + VERSION + "-linux-amd64"));
        for (String name : List.of("etcd", "kube-apiserver", "kubectl")) {
            Files.createSymbolicLink(binaries.resolve(name), BIN.resolve(name));
        }
        Path policy = Files.writeString(directory.resolve("audit-policy.yaml"), """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                omitStages: [RequestReceived]
                rules:
                - level: Metadata
                  verbs: [create, update, patch, delete, deletecollection]
                - level: None
                """);
        server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(directory.toString())
                .withApiServerVersion(VERSION)
                .withOfflineMode(true)
                .withApiServerFlag("--bind-address", "127.0.0.1")
                .withApiServerFlag("--audit-policy-file", policy.toString())
                .withApiServerFlag("--audit-log-path", audit().toString())
                .build());
        server.start();
        config = Config.fromKubeconfig(server.getKubeConfigYaml());
        admin = new KubernetesClientBuilder().withConfig(config).build();
        install();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        admin.close();
        server.stop();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        }
    }

    /** A client that may do everything. */
    public KubernetesClient admin() {
        return admin;
    }

    /** A client configuration that may do what the chart lets the operator do. */
    Config operator() {
        return new ConfigBuilder(config).withImpersonateUsername(OPERATOR).build();
    }

    /** A new namespace. */
    String namespace() {
        String name = "team-" + namespaces.incrementAndGet();
        admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        return name;
    }

    /** Makes the RuntimeClass known; there are no nodes that would have to support it. */
    void runtimeClass(String name) {
        admin.resource(new RuntimeClassBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withHandler("runsc")
                        .build())
                .createOr(existing -> existing.update());
    }

    /** The writing requests of the operator so far, as the API server's audit log has them. */
    List<String> writes() {
        try (Stream<String> lines = Files.lines(audit())) {
            return lines.filter(line -> line.contains(OPERATOR)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path audit() {
        return directory.resolve("audit.log");
    }

    private void install() throws IOException, InterruptedException {
        admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("sandboxcluster-system")
                        .endMetadata()
                        .build())
                .create();
        String chart = run(
                BIN.resolve("helm").toString(),
                "template",
                "sandboxcluster-operator",
                "../helm/sandboxcluster-operator",
                "--namespace=sandboxcluster-system");
        for (HasMetadata resource :
                admin.load(new ByteArrayInputStream(chart.getBytes())).items()) {
            if (RBAC.contains(resource.getKind()) || resource.getKind().equals("CustomResourceDefinition")) {
                admin.resource(resource).create();
            }
        }
        admin.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("sandboxclusters." + SandboxCluster.GROUP)
                .waitUntilCondition(
                        crd -> crd.getStatus() != null
                                && crd.getStatus().getConditions().stream()
                                        .anyMatch(condition -> "Established".equals(condition.getType())
                                                && "True".equals(condition.getStatus())),
                        10,
                        TimeUnit.SECONDS);
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes());
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed");
            }
            return text;
        }
    }
}
