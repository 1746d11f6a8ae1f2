package dev.sandboxcluster.operator.router;

import static dev.sandboxcluster.operator.router.RouterFixture.converse;
import static dev.sandboxcluster.operator.router.RouterFixture.helloBytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteStatus;
import dev.sandboxcluster.operator.host.HostConnection;
import dev.sandboxcluster.operator.it.HostCluster;
import dev.sandboxcluster.operator.it.Wire;
import dev.sandboxcluster.operator.router.RouterFixture.Backend;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A router beside a real API server, which lets it read routes and write their status, and nothing else. */
class RouterIT {

    @RegisterExtension
    static final HostCluster HOST = new HostCluster();

    private static final String ROLE = "router-it";
    private static final String USER = "system:serviceaccount:" + ROLE + ":router";

    private String namespace;
    private KubernetesClient client;
    private RouterProcess router;

    @BeforeAll
    static void permit() {
        await().ignoreExceptions().until(() -> HOST.admin()
                .resources(SandboxClusterRoute.class)
                .inAnyNamespace()
                .list()
                .getItems()
                .isEmpty());
        HOST.admin()
                .resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(ROLE)
                        .endMetadata()
                        .withRules(
                                new PolicyRuleBuilder()
                                        .withApiGroups(SandboxCluster.GROUP)
                                        .withResources("sandboxclusterroutes")
                                        .withVerbs("get", "list", "watch")
                                        .build(),
                                new PolicyRuleBuilder()
                                        .withApiGroups(SandboxCluster.GROUP)
                                        .withResources("sandboxclusterroutes/status")
                                        .withVerbs("patch")
                                        .build())
                        .build())
                .createOr(existing -> existing.update());
        HOST.admin()
                .resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(ROLE)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", ROLE)
                        .addNewSubject("rbac.authorization.k8s.io", "User", USER, null)
                        .build())
                .createOr(existing -> existing.update());
    }

    @BeforeEach
    void start() throws IOException {
        namespace = HOST.namespace();
        start(permissions(), Map.of());
        await().until(router::ready);
    }

    private void start(Config access, Map<String, String> environment) throws IOException {
        Map<String, String> all = new HashMap<>(RunningRouter.ENVIRONMENT);
        all.putAll(environment);
        client = new KubernetesClientBuilder()
                .withConfig(HostConnection.settings(new ConfigBuilder(access).withRequestTimeout(2_000)))
                .withHttpClientFactory(HostConnection.http())
                .build();
        router = new RouterProcess(
                client,
                RouterSettings.from(all),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                Clock.systemUTC());
    }

    private void restart(Config access, Map<String, String> environment) throws IOException {
        end();
        start(access, environment);
    }

    private void end() {
        router.close();
        client.close();
    }

    @AfterEach
    void stop() {
        end();
        HOST.admin().resources(SandboxClusterRoute.class).inAnyNamespace().delete();
    }

    @Test
    void connectionsGoWhereTheRouteSaysAndItsStatusSaysSo() throws Exception {
        try (Backend backend = new Backend()) {
            put("a", State.Awake, backend.address());
            try (Socket user = awaitRouted("a");
                    Socket sandbox = converse(user, backend)) {
                assertThat(sandbox.isConnected()).isTrue();
                await().until(() -> status("a").lastUsedAt() != null);
                assertThat(Instant.parse(status("a").lastUsedAt()))
                        .isBetween(Instant.now().minusSeconds(10), Instant.now());
                assertThat(status("a").demandedGeneration()).isNull();
            }
            assertThat(get("/metrics").body())
                    .contains(
                            "sandboxcluster_router_routes 1.0", "sandboxcluster_router_reports_total{kind=\"use\"} 1.0")
                    .contains("sandboxcluster_router_answer_seconds_bucket{state=\"awake\"");
        }
    }

    @Test
    void whoComesToWhatSleepsIsDemandedAndGoesOnWhenItIsAwake() throws Exception {
        put("a", State.Awake);
        awaitRouted("a").close();
        try (Backend backend = new Backend()) {
            long generation = put("a", State.Suspended);
            try (Socket user = hello("a")) {
                await().until(() -> Long.valueOf(generation).equals(status("a").demandedGeneration()));

                long next = put("a", State.Suspended, backend.address());
                await().until(() -> Long.valueOf(next).equals(status("a").demandedGeneration()));
                put("a", State.Awake, backend.address());
                converse(user, backend).close();
            }
        }
    }

    /** Several hear of a change at several times; what one overwrites the other says again. */
    @Test
    void aDemandThatAnotherRouterOverwroteIsMadeAgain() throws Exception {
        put("a", State.Awake);
        awaitRouted("a").close();
        long generation = put("a", State.Suspended);
        try (Socket user = hello("a")) {
            assertThat(user.isConnected()).isTrue();
            await().until(() -> Long.valueOf(generation).equals(status("a").demandedGeneration()));
            HOST.admin()
                    .resources(SandboxClusterRoute.class)
                    .inNamespace(namespace)
                    .withName("a")
                    .editStatus(route -> {
                        route.setStatus(new SandboxClusterRouteStatus(null, generation - 1));
                        return route;
                    });

            await().atMost(Duration.ofSeconds(6))
                    .until(() -> Long.valueOf(generation).equals(status("a").demandedGeneration()));
        }
    }

    /** It is written of the one that was used, and the test of its UID is that of the API server. */
    @Test
    void whatIsMadeAnewIsAnother() throws Exception {
        try (Backend backend = new Backend()) {
            put("a", State.Awake, backend.address());
            try (Socket user = awaitRouted("a");
                    Socket sandbox = converse(user, backend)) {
                assertThat(sandbox.isConnected()).isTrue();
                Route.Id former = id("a");
                HOST.admin()
                        .resources(SandboxClusterRoute.class)
                        .inNamespace(namespace)
                        .withName("a")
                        .delete();
                put("a", State.Awake, backend.address());
                assertThat(user.getInputStream().read()).isEqualTo(-1);

                Route route = new Route(
                        former,
                        1,
                        Set.of(),
                        Set.of(),
                        List.of(),
                        State.Suspended,
                        Duration.ofMinutes(1),
                        OptionalLong.empty(),
                        Optional.empty());
                Report report = new Report(Instant.now(), OptionalLong.of(1));
                assertThatThrownBy(() -> new StatusWriter(client).write(route, report))
                        .isInstanceOf(KubernetesClientException.class);
                assertThat(status("a").demandedGeneration()).isNull();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSED", "SILENT"})
    void whileTheApiIsAwayItGoesOnWithWhatItKnows(Wire.Cut how) throws Exception {
        try (Wire wire = new Wire(permissions());
                Backend backend = new Backend()) {
            restart(wire.through(permissions()), Map.of());
            put("a", State.Awake, backend.address());
            put("b", State.Suspended);
            converse(awaitRouted("a"), backend).close();
            await().until(() -> router.ready());

            wire.cut(how);
            converse(hello("a"), backend).close();
            try (Socket user = hello("b")) {
                await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
                assertThat(status("b").demandedGeneration()).isNull();
                assertThat(router.ready()).isTrue();
                wire.mend();
                put("b", State.Suspended, backend.address());

                await().atMost(Duration.ofSeconds(8)).until(() -> status("b").demandedGeneration() != null);
                assertThat(user.isConnected()).isTrue();
            }
        }
    }

    /** Else the operator would stop the sandbox under him. */
    @ParameterizedTest
    @EnumSource(names = {"REFUSED", "SILENT"})
    void whoCannotBeSaidToBeThereIsEndedAndNobodyIsLetInUntilItCanBeSaid(Wire.Cut how) throws Exception {
        try (Wire wire = new Wire(permissions());
                Backend backend = new Backend()) {
            restart(wire.through(permissions()), Map.of());
            put("a", spec("a", State.Awake, 1, backend.address()));
            try (Socket user = awaitRouted("a");
                    Socket sandbox = converse(user, backend)) {
                assertThat(sandbox.isConnected()).isTrue();
                await().until(() -> router.ready() && status("a").lastUsedAt() != null);
                wire.cut(how);

                user.setSoTimeout(20_000);
                assertThat(user.getInputStream().read()).isEqualTo(-1);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> get("/readyz").statusCode() == 503);
                assertThat(get("/metrics").body()).contains("sandboxcluster_router_unseen_total 1.0");
                wire.mend();
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> get("/readyz").statusCode() == 200);
            }
        }
    }

    @Test
    void itIsNotReadyBeforeItKnowsTheRoutes() throws Exception {
        try (Wire wire = new Wire(permissions())) {
            wire.cut(Wire.Cut.REFUSED);
            restart(wire.through(permissions()), Map.of());
            await().during(Duration.ofSeconds(1)).until(() -> !router.ready());
            assertThat(get("/readyz").statusCode()).isEqualTo(503);
            assertThat(get("/livez").statusCode()).isEqualTo(200);

            wire.mend();
            await().atMost(Duration.ofSeconds(20)).until(() -> get("/readyz").statusCode() == 200);
        }
    }

    @Test
    void itServesTheNamespacesThatItIsTold() throws Exception {
        String other = HOST.namespace();
        put("a", State.Awake);
        restart(permissions(), Map.of("WATCH_NAMESPACES", other));
        await().until(router::ready);
        try (Socket user = hello("a")) {
            assertThat(user.getInputStream().readAllBytes()).isEqualTo(RouterFixture.UNRECOGNIZED_NAME);
        }
        restart(permissions(), Map.of("WATCH_NAMESPACES", other + "," + namespace));
        awaitRouted("a").close();
    }

    /** Of several namespaces one may be gone, or have no Role for it yet. */
    @Test
    void aNamespaceThatItMayNotReadHoldsUpNoOther() throws Exception {
        String user = "system:serviceaccount:" + namespace + ":router";
        HOST.admin()
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(ROLE)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", ROLE)
                        .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                        .build())
                .create();
        put("a", State.Awake);

        restart(permissions(user), Map.of("WATCH_NAMESPACES", namespace + "," + HOST.namespace()));
        await().atMost(Duration.ofSeconds(15)).until(router::ready);
        awaitRouted("a").close();
        await().until(() -> status("a").lastUsedAt() != null);
    }

    @Test
    void atItsEndItIsNotReadyAtOnceAndGivesItsConnectionsTime() throws Exception {
        try (Backend backend = new Backend()) {
            put("a", State.Awake, backend.address());
            restart(permissions(), Map.of("ROUTER_DRAIN", "2", "ROUTER_GRACE", "12"));
            try (Socket user = awaitRouted("a");
                    Socket sandbox = converse(user, backend)) {
                long begin = System.nanoTime();
                Thread end = new Thread(router::close);
                end.start();
                await().atMost(Duration.ofSeconds(1)).until(() -> get("/readyz").statusCode() == 503);
                try (Socket late = hello("a")) {
                    converse(late, backend).close();
                }

                await().atMost(Duration.ofSeconds(5)).until(this::refused);
                sandbox.getOutputStream().write(1);
                assertThat(user.getInputStream().read()).isEqualTo(1);
                assertThat(Duration.ofNanos(System.nanoTime() - begin))
                        .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(6));

                user.close();
                sandbox.close();
                end.join(5_000);
                assertThat(end.isAlive()).isFalse();
            }
        }
    }

    @Test
    void moreThanThatItMayNot() {
        put("a", State.Awake);
        Stream.<Runnable>of(
                        () -> client.secrets().inNamespace(namespace).list(),
                        () -> client.pods().inNamespace(namespace).list(),
                        () -> client.resources(SandboxCluster.class)
                                .inNamespace(namespace)
                                .list(),
                        () -> client.resources(SandboxClusterRoute.class)
                                .inNamespace(namespace)
                                .withName("a")
                                .edit(route -> {
                                    route.setSpec(spec("b", State.Stopped, 60));
                                    return route;
                                }))
                .forEach(forbidden -> assertThatThrownBy(forbidden::run)
                        .isInstanceOfSatisfying(
                                KubernetesClientException.class,
                                refusal -> assertThat(refusal.getCode()).isEqualTo(403)));
    }

    private boolean refused() {
        try (Socket any = connect()) {
            return false;
        } catch (IOException closed) {
            return true;
        }
    }

    private static Config permissions() {
        return permissions(USER);
    }

    private static Config permissions(String user) {
        return new ConfigBuilder(HOST.admin().getConfiguration())
                .withImpersonateUsername(user)
                .build();
    }

    /** @return the generation that it has now */
    private long put(String name, State state, InetSocketAddress... addresses) {
        return put(name, spec(name, state, 60, addresses));
    }

    private long put(String name, SandboxClusterRouteSpec spec) {
        SandboxClusterRoute route = new SandboxClusterRoute();
        route.setMetadata(
                new ObjectMetaBuilder().withName(name).withNamespace(namespace).build());
        route.setSpec(spec);
        route.setStatus(null);
        return HOST.admin()
                .resource(route)
                .forceConflicts()
                .serverSideApply()
                .getMetadata()
                .getGeneration();
    }

    private SandboxClusterRouteSpec spec(String name, State state, int reportSeconds, InetSocketAddress... addresses) {
        return new SandboxClusterRouteSpec(
                List.of(serverName(name)),
                List.of(),
                Stream.of(addresses)
                        .map(address -> address.getAddress().getHostAddress() + ":" + address.getPort())
                        .toList(),
                state,
                reportSeconds,
                null);
    }

    private String serverName(String name) {
        return name + "." + namespace + ".sandboxes.internal";
    }

    private Route.Id id(String name) {
        return RouteReader.id(HOST.admin()
                .resources(SandboxClusterRoute.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    private SandboxClusterRouteStatus status(String name) {
        SandboxClusterRouteStatus status = HOST.admin()
                .resources(SandboxClusterRoute.class)
                .inNamespace(namespace)
                .withName(name)
                .get()
                .getStatus();
        return status == null ? SandboxClusterRouteStatus.EMPTY : status;
    }

    private Socket connect() throws IOException {
        Socket user = new Socket("127.0.0.1", router.address().getPort());
        user.setSoTimeout(10_000);
        return user;
    }

    private Socket hello(String name) throws IOException {
        Socket user = connect();
        user.getOutputStream().write(helloBytes(serverName(name)));
        return user;
    }

    /** Connects as soon as the router knows the name. */
    private Socket awaitRouted(String name) {
        return await().ignoreExceptions()
                .until(
                        () -> {
                            Socket user = hello(name);
                            user.setSoTimeout(300);
                            try {
                                return user.getInputStream().read() == 21 ? null : user;
                            } catch (SocketTimeoutException held) {
                                user.setSoTimeout(10_000);
                                return user;
                            }
                        },
                        user -> user != null);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + router.httpPort() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
