package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.operator.sandbox.Administrators;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** A TLS server that answers as an API server would, or as a test wants; demands a client certificate. */
final class TestSandbox implements AutoCloseable {

    /** What to answer; null for never. */
    record Reply(int status, String contentType, String body) {
        static Reply ok(String json) {
            return new Reply(200, "application/json", json);
        }

        static Reply text(int status, String body) {
            return new Reply(status, "text/plain; charset=utf-8", body);
        }
    }

    static final Reply READY = Reply.text(200, "ok");
    static final Reply CREATED = new Reply(201, "application/json", "{}");
    static final String READYZ = "GET /readyz";
    private static final String BINDING =
            "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/" + AdministratorBinding.NAME;
    static final String BIND = "PATCH " + BINDING;
    static final String UNBIND = "DELETE " + BINDING;
    static final String VERSION = "GET /version";
    static final String GET_ACCOUNT = "GET /api/v1/namespaces/default/serviceaccounts/default";
    static final String FORGET_NAMES = "DELETE /api/v1/namespaces/kube-system/secrets/k3s-serving";
    static final String CREATE_ACCOUNT = "POST /api/v1/namespaces/default/serviceaccounts";
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
    static final String LIST_LEASES = "GET " + LEASES;
    static final String CREATE_LEASE = "POST " + LEASES;
    static final String DELETE_LEASES = "DELETE " + LEASES;

    final TestAuthority clientAuthority = new TestAuthority("client-ca");
    final TestAuthority.Issued admin = clientAuthority.issue("system:admin");
    final AtomicInteger connections = new AtomicInteger();
    final List<String> serverNames = new CopyOnWriteArrayList<>();
    final List<String> created = new CopyOnWriteArrayList<>();

    private final TestAuthority authority;
    private final Map<String, IntFunction<Reply>> replies = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> requests = new ConcurrentHashMap<>();
    private final HttpServer server;

    /** @param names what the server's certificate is valid for */
    TestSandbox(Vertx vertx, TestAuthority authority, String... names) {
        this(vertx, authority, authority.issue("k3s", names), false);
    }

    /** @param sni whether to note the names that are asked for, which makes handshakes slow */
    TestSandbox(Vertx vertx, TestAuthority authority, TestAuthority.Issued identity, boolean sni) {
        this.authority = authority;
        answer(READYZ, READY);
        answer(GET_ACCOUNT, Reply.ok("{\"kind\":\"ServiceAccount\"}"));
        answer(VERSION, Reply.ok("{\"gitVersion\":\"v1.33.5+k3s1\"}"));
        answer(LIST_LEASES, TestSandbox::revision);
        answer(CREATE_LEASE, CREATED);
        answer(DELETE_LEASES, Reply.ok("{}"));
        server = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setSni(sni)
                        .setClientAuth(ClientAuth.REQUIRED)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .addCertValue(Buffer.buffer(identity.certificate()))
                                .addKeyValue(Buffer.buffer(identity.pkcs8())))
                        .setTrustOptions(
                                new PemTrustOptions().addCertValue(Buffer.buffer(clientAuthority.certificate()))))
                .connectionHandler(connection -> {
                    connections.incrementAndGet();
                    serverNames.add(String.valueOf(connection.indicatedServerName()));
                })
                .requestHandler(this::handle);
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    }

    private void handle(HttpServerRequest request) {
        String what = request.method() + " " + request.path();
        int number = requests.computeIfAbsent(what, k -> new AtomicInteger()).incrementAndGet();
        Reply reply =
                replies.getOrDefault(what, n -> Reply.text(404, "not found")).apply(number);
        request.body().onSuccess(body -> {
            if (what.equals(CREATE_ACCOUNT) || what.equals(CREATE_LEASE) || what.equals(BIND)) {
                created.add(body.toString());
            }
            if (reply != null) {
                request.response()
                        .setStatusCode(reply.status())
                        .putHeader("Content-Type", reply.contentType())
                        .end(reply.body());
            }
        });
    }

    static Reply revision(int number) {
        return Reply.ok("{\"metadata\":{\"resourceVersion\":\"" + number + "\"}}");
    }

    void answer(String what, Reply reply) {
        answer(what, number -> reply);
    }

    /** @param reply by the number of the request, from 1 */
    void answer(String what, IntFunction<Reply> reply) {
        replies.put(what, reply);
    }

    int requests(String what) {
        return requests.computeIfAbsent(what, k -> new AtomicInteger()).get();
    }

    int requests() {
        return requests.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    int port() {
        return server.actualPort();
    }

    Target target(String host) {
        return target(host, null, "1");
    }

    Target target(String host, String tlsServerName, String incarnation) {
        return new Target(
                new SandboxAccess(
                        URI.create("https://" + host + ":" + port()),
                        tlsServerName,
                        authority.certificate(),
                        admin.certificate(),
                        admin.sec1()),
                false,
                false,
                Optional.empty(),
                incarnation);
    }

    /** The same of a sandbox whose objects are on a volume. */
    Target persistent(String host) {
        Target target = target(host);
        return new Target(
                new SandboxAccess(
                        target.access().server(),
                        target.access().tlsServerName(),
                        target.access().caCertificate(),
                        target.access().clientCertificate(),
                        target.access().clientKey()),
                true,
                false,
                Optional.empty(),
                target.incarnation());
    }

    /** The same of a sandbox whose users are given their rights. */
    Target administered(String host, String group) {
        SandboxAccess users = target(host).access();
        SandboxAccess operator = users.as(admin.certificate(), admin.sec1());
        return new Target(users, false, false, Optional.of(new Administrators(group, operator)), "1");
    }

    /** The same of a sandbox that k3s agents may join. */
    Target joinable(String host) {
        Target target = persistent(host);
        return new Target(target.access(), true, true, Optional.empty(), target.incarnation());
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
