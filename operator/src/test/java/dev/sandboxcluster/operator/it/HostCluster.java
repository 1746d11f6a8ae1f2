package dev.sandboxcluster.operator.it;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterClass;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClassBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/**
 * A real kube-apiserver with etcd, on loopback, with the CustomResourceDefinitions and the RBAC that the chart installs;
 * the same one for all tests of a process. There are no controllers and no nodes: pods do not come to be.
 */
public final class HostCluster implements BeforeAllCallback, AfterEachCallback {

    static final String SYSTEM = "sandboxcluster-system";
    private static final String RELEASE = "sandboxcluster-operator";
    private static final String OPERATOR = user(SYSTEM, RELEASE);
    private static final Set<String> WITHOUT_PODS = Set.of(
            "CustomResourceDefinition", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding");

    private final List<String> flags;
    private HostServer server;

    /** The one of all tests. */
    public HostCluster() {
        this(List.of());
    }

    /** One with these flags of its kube-apiserver, for those that ask for the same. */
    HostCluster(List<String> flags) {
        this.flags = flags;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        // Maven's session: in a process beside others each class has a context of its own.
        server = context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(HostCluster.class))
                .getOrComputeIfAbsent(flags, HostCluster::withOperator, HostServer.class);
    }

    /** The operator of a later test would find them. */
    @Override
    public void afterEach(ExtensionContext context) {
        admin().resources(SandboxCluster.class).inAnyNamespace().delete();
        admin().resources(SandboxClusterRoute.class).inAnyNamespace().delete();
        admin().resources(SandboxClusterClass.class).delete();
    }

    /** How an operator reaches it, where it stands for a sandbox. */
    public SandboxAccess asSandbox() {
        Config config = admin().getConfiguration();
        return new SandboxAccess(
                URI.create(config.getMasterUrl()),
                null,
                pem(config.getCaCertFile()),
                pem(config.getClientCertFile()),
                pem(config.getClientKeyFile()));
    }

    private static String pem(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has the API judge SandboxClusters by their classes from now on, as the chart installs it. */
    void judgeByClasses() {
        load(admin(), SYSTEM, "--show-only=templates/classes.yaml")
                .forEach(object -> admin().resource(object).createOr(existing -> existing.update()));
    }

    /** A client that may do everything. */
    public KubernetesClient admin() {
        return server.admin;
    }

    /** The kubeconfig of who may do everything. */
    Path kubeconfig() {
        return server.kubeconfig;
    }

    /** A client configuration that may do what the chart lets the operator do. */
    Config operator() {
        return impersonating(OPERATOR);
    }

    /**
     * Installs what the chart gives another operator, without the operator itself.
     *
     * @param namespace of the release, which has the operator's name
     * @param watched the only namespaces that it is to serve
     * @param more further settings of the chart
     * @return a client configuration that may do what the chart lets it do
     */
    Config anotherOperator(String namespace, String watched, String... more) {
        install(
                admin(),
                namespace,
                Stream.concat(
                                Stream.of(
                                        "--set=watchNamespaces={" + watched + "}",
                                        "--set=crds.install=false",
                                        "--set=rbac.aggregate=false"),
                                Stream.of(more))
                        .toArray(String[]::new));
        return impersonating(user(namespace, RELEASE));
    }

    /** Installs what the chart gives the operator in a namespace of Argo CD. */
    void permitArgoCD(String argoCD) {
        permitArgoCD(SYSTEM, argoCD);
    }

    /** The same for another operator, with the namespace of its release. */
    void permitArgoCD(String namespace, String argoCD) {
        install(
                admin(),
                namespace,
                "--show-only=templates/rbac-outputs.yaml",
                "--set=outputs.argoCDNamespaces={" + argoCD + "}");
    }

    /** A new namespace. */
    public String namespace() {
        return namespace(admin(), "team-" + server.namespaces.incrementAndGet());
    }

    /** Makes the RuntimeClass known; there are no nodes that would have to support it. */
    void runtimeClass(String name) {
        admin().resource(new RuntimeClassBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withHandler("runsc")
                        .build())
                .createOr(existing -> existing.update());
    }

    /** The writing requests of the operator so far, as the API server's audit log has them. */
    List<String> writes() {
        try (Stream<String> lines = Files.lines(server.audit)) {
            return lines.filter(line -> line.contains(OPERATOR)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Config impersonating(String user) {
        return new ConfigBuilder(server.config).withImpersonateUsername(user).build();
    }

    private static String user(String namespace, String serviceAccount) {
        return "system:serviceaccount:" + namespace + ":" + serviceAccount;
    }

    private static String namespace(KubernetesClient admin, String name) {
        admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        return name;
    }

    private static HostServer withOperator(List<String> flags) {
        HostServer server = new HostServer(flags);
        try {
            install(server.admin, namespace(server.admin, SYSTEM));
            awaitEstablished(server.admin);
            return server;
        } catch (RuntimeException | Error failed) {
            server.close();
            throw failed;
        }
    }

    private static void awaitEstablished(KubernetesClient admin) {
        Stream.of(SandboxCluster.class, SandboxClusterClass.class, SandboxClusterRoute.class)
                .forEach(type -> admin.apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName(HasMetadata.getFullResourceName(type))
                        .waitUntilCondition(
                                crd -> crd.getStatus() != null
                                        && crd.getStatus().getConditions() != null
                                        && crd.getStatus().getConditions().stream()
                                                .anyMatch(condition -> "Established".equals(condition.getType())
                                                        && "True".equals(condition.getStatus())),
                                60,
                                TimeUnit.SECONDS));
    }

    private static void install(KubernetesClient admin, String namespace, String... settings) {
        load(admin, namespace, settings)
                .filter(object -> WITHOUT_PODS.contains(object.getKind()))
                .forEach(object -> admin.resource(object).create());
    }

    private static Stream<HasMetadata> load(KubernetesClient admin, String namespace, String... settings) {
        List<String> command = new ArrayList<>(List.of(
                HostServer.BIN.resolve("helm").toString(),
                "template",
                RELEASE,
                "../helm/sandboxcluster-operator",
                "--namespace=" + namespace));
        command.addAll(List.of(settings));
        return admin.load(new ByteArrayInputStream(output(command))).items().stream();
    }

    private static byte[] output(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (InputStream output = process.getInputStream()) {
                byte[] bytes = output.readAllBytes();
                if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    throw new IllegalStateException(String.join(" ", command) + " failed");
                }
                return bytes;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
