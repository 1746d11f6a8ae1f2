package dev.sandboxcluster.operator.it;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A kube-apiserver with etcd, from the test bed's executables, on loopback. */
public final class HostServer implements AutoCloseable {

    static final Path BIN = Path.of(System.getProperty("testbed.bin", "../e2e/testbed/.state/bin"))
            .toAbsolutePath()
            .normalize();

    private static final String VERSION = "1.33.13";

    final Config config;
    public final KubernetesClient admin;
    final Path audit;
    final Path kubeconfig;
    final AtomicInteger namespaces = new AtomicInteger();

    private final Path directory;
    private final KubeAPIServer server;

    /**
     * Starts it; what is written is logged.
     *
     * @param flags further ones
     */
    public HostServer(List<String> flags) {
        try {
            directory = Files.createTempDirectory("host-cluster");
            audit = directory.resolve("audit.log");
            server = server(directory, audit, flags);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.start();
        try {
            kubeconfig = Files.writeString(directory.resolve("kubeconfig"), server.getKubeConfigYaml());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        config = Config.fromKubeconfig(server.getKubeConfigYaml());
        admin = new KubernetesClientBuilder().withConfig(config).build();
    }

    @Override
    public void close() {
        admin.close();
        server.stop();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KubeAPIServer server(Path directory, Path audit, List<String> flags) throws IOException {
        Path binaries = Files.createDirectories(directory.resolve("k8s/" + VERSION + "-linux-amd64"));
        for (String name : List.of("etcd", "kubectl")) {
            Files.createSymbolicLink(binaries.resolve(name), BIN.resolve(name));
        }
        // The last flag counts, and what starts it puts some behind those that it is told.
        Path apiServer = Files.writeString(
                binaries.resolve("kube-apiserver"),
                "#!/bin/sh\nexec %s \"$@\" %s\n".formatted(BIN.resolve("kube-apiserver"), String.join(" ", flags)));
        apiServer.toFile().setExecutable(true);
        Path policy = Files.writeString(directory.resolve("audit-policy.yaml"), """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                omitStages: [RequestReceived]
                rules:
                - level: Metadata
                  verbs: [create, update, patch, delete, deletecollection]
                - level: None
                """);
        return new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(directory.toString())
                .withApiServerVersion(VERSION)
                .withOfflineMode(true)
                .withApiServerFlag("--bind-address", "127.0.0.1")
                .withApiServerFlag("--audit-policy-file", policy.toString())
                .withApiServerFlag("--audit-log-path", audit.toString())
                .build());
    }
}
