package dev.sandboxcluster.operator.tenant;

import static dev.sandboxcluster.operator.tenant.TestTenant.READYZ;
import static dev.sandboxcluster.operator.tenant.TestTenant.VERSION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.operator.tenant.Observation.Available;
import dev.sandboxcluster.operator.tenant.Observation.Failing;
import dev.sandboxcluster.operator.tenant.TestTenant.Reply;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How failures are told from each other, and what is said of them. */
class TenantFailureTest {

    private final TestAuthority authority = new TestAuthority("server-ca");
    private Vertx vertx;
    private TestProber probe;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        probe = new TestProber();
    }

    @AfterEach
    void stop() {
        probe.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private TestTenant tenant(String... names) {
        return new TestTenant(vertx, authority, names);
    }

    private TestTenant withServerNames(String... names) {
        return new TestTenant(vertx, authority, authority.issue("k3s", names), true);
    }

    private AbstractStringAssert<?> assertFails(Target target, FailureKind kind) {
        assertThat(probe.awaitChange(target)).isInstanceOf(Failing.class);
        Failing failing = (Failing) probe.changes.get(0);
        assertThat(failing.kind()).as(failing.message()).isEqualTo(kind);
        return assertThat(failing.message()).doesNotContain("PRIVATE", "BEGIN");
    }

    private static Target with(Target target, String ca, String key) {
        return new Target(target.server(), target.tlsServerName(), ca, target.clientCertificate(), key, false, "1");
    }

    private Target at(String host, int port) {
        Target any = tenant("localhost").target("localhost");
        return new Target(
                URI.create("https://" + host + ":" + port),
                null,
                any.caCertificate(),
                any.clientCertificate(),
                any.clientKey(),
                false,
                "1");
    }

    @Test
    void anotherCa() {
        Target target = tenant("localhost").target("localhost");
        assertFails(
                        with(target, new TestAuthority("cluster-ca").certificate(), target.clientKey()),
                        FailureKind.TLSUntrusted)
                .contains("CN=server-ca", "proxy that terminates TLS", "localhost:");
    }

    @Test
    void anotherCaOfTheSameName() {
        Target target = tenant("localhost").target("localhost");
        assertFails(
                        with(target, new TestAuthority("server-ca").certificate(), target.clientKey()),
                        FailureKind.TLSUntrusted)
                .contains("CN=server-ca", "another cluster");
    }

    @Test
    void expiredCertificate() {
        TestTenant tenant =
                new TestTenant(vertx, authority, authority.issue("k3s", Duration.ofDays(-1), "localhost"), false);
        assertFails(tenant.target("localhost"), FailureKind.TLSUntrusted).contains("valid from");
    }

    @Test
    void anotherName() {
        assertFails(tenant("kubernetes", "10.43.0.1").target("localhost"), FailureKind.TLSNameMismatch)
                .contains("isn't valid for localhost but for kubernetes, 10.43.0.1");
    }

    @Test
    void addressThatTheCertificateLacks() {
        assertFails(tenant("localhost", "10.43.0.1").target("127.0.0.1"), FailureKind.TLSNameMismatch)
                .contains("isn't valid for 127.0.0.1 but for localhost, 10.43.0.1");
    }

    @Test
    void anotherTlsServerName() {
        TestTenant tenant = tenant("kubernetes");
        assertFails(tenant.target("127.0.0.1", "other.default.svc", "1"), FailureKind.TLSNameMismatch)
                .contains("isn't valid for other.default.svc");
    }

    @Test
    void addressInTheCertificate() {
        TestTenant tenant = withServerNames("127.0.0.1");
        assertThat(probe.awaitChange(tenant.target("127.0.0.1"))).isInstanceOf(Available.class);
        assertThat(tenant.serverNames).containsOnly("null");
    }

    @Test
    void tlsServerNameAtAnAddress() {
        TestTenant tenant = withServerNames("kubernetes.default.svc");
        assertThat(probe.awaitChange(tenant.target("127.0.0.1", "kubernetes.default.svc", "1")))
                .isInstanceOf(Available.class);
        assertThat(tenant.serverNames).containsOnly("kubernetes.default.svc");
    }

    @Test
    void keyInPkcs8() {
        TestTenant tenant = tenant("localhost");
        Target target = with(tenant.target("localhost"), authority.certificate(), tenant.admin.pkcs8());
        assertThat(target.clientKey()).contains("BEGIN PRIVATE KEY");
        assertThat(tenant.target("localhost").clientKey()).contains("BEGIN EC PRIVATE KEY");
        assertThat(probe.awaitChange(target)).isInstanceOf(Available.class);
    }

    @Test
    void clientCertificateThatTheServerRejects() {
        TestTenant tenant = tenant("localhost");
        TestAuthority.Issued stranger = new TestAuthority("stranger").issue("system:admin");
        Target target = tenant.target("localhost");
        assertThat(probe.awaitChange(new Target(
                        target.server(),
                        null,
                        target.caCertificate(),
                        stranger.certificate(),
                        stranger.pkcs8(),
                        false,
                        "1")))
                .isInstanceOfSatisfying(Failing.class, failing -> assertThat(failing.kind())
                        .isIn(FailureKind.TLSFailure, FailureKind.ConnectionReset));
    }

    @ParameterizedTest
    @CsvSource({
        "401, application/json, '{\"kind\":\"Status\",\"message\":\"Unauthorized\"}', Unauthorized, 'client certificate'",
        "403, application/json, '{\"message\":\"cannot get path\"}', Forbidden, 'cannot get path'",
        "500, text/plain, '[+]ping ok|[-]etcd failed: reason withheld|[-]poststarthook/rbac failed', NotReady, "
                + "'waiting for etcd, poststarthook/rbac'",
        "503, text/plain, 'apiserver not ready', NotReady, '503'",
        "503, text/html, '<html>', UnexpectedResponse, '503 (text/html)'",
        "200, text/html; charset=utf-8, '<html>sign in', UnexpectedResponse, '200 (text/html'",
        "302, text/plain, '', UnexpectedResponse, '302'",
    })
    void answers(int status, String type, String body, FailureKind kind, String said) {
        TestTenant tenant = tenant("localhost");
        tenant.answer(READYZ, new Reply(status, type, body.replace('|', '\n')));
        assertFails(tenant.target("localhost"), kind).contains(said);
    }

    @Test
    void manyFailedChecksAreCounted() {
        TestTenant tenant = tenant("localhost");
        tenant.answer(READYZ, Reply.text(500, "[-]poststarthook/some-hook failed: reason withheld\n".repeat(40)));
        assertFails(tenant.target("localhost"), FailureKind.NotReady)
                .endsWith("and 34 more")
                .hasSizeLessThan(512);
    }

    @Test
    void endlessAnswer() {
        TestTenant tenant = tenant("localhost");
        tenant.answer(READYZ, Reply.text(200, "x".repeat(70_000)));
        assertFails(tenant.target("localhost"), FailureKind.UnexpectedResponse).contains("endless");
    }

    @Test
    void versionThatIsNone() {
        TestTenant tenant = tenant("localhost");
        tenant.answer(VERSION, Reply.ok("[]"));
        assertFails(tenant.target("localhost"), FailureKind.UnexpectedResponse).contains("/version");
    }

    @Test
    void nobodyListens() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertFails(at("127.0.0.1", port), FailureKind.ConnectionRefused).contains("127.0.0.1:" + port);
    }

    @Test
    void nameWithoutAddress() {
        assertFails(at("demo.invalid", 443), FailureKind.DNSFailure).contains("demo.invalid has no address");
    }

    @Test
    void acceptsAndStaysSilent() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            // Awaits less than twice the bound.
            assertFails(at("127.0.0.1", silent.getLocalPort()), FailureKind.NoAnswer)
                    .contains("silent");
        }
    }

    @Test
    void neverAnswersARequest() {
        TestTenant tenant = tenant("localhost");
        tenant.answer(READYZ, (Reply) null);
        assertFails(tenant.target("localhost"), FailureKind.NoAnswer).contains("doesn't answer");
        tenant.answer(READYZ, TestTenant.READY);
        probe.await(Available.class);
    }

    @Test
    void closesConnections() {
        NetServer server = vertx.createNetServer().connectHandler(socket -> socket.close());
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
        assertFails(at("127.0.0.1", server.actualPort()), FailureKind.ConnectionReset);
    }

    @Test
    void speaksNoTls() {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> request.response().end());
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
        assertFails(at("127.0.0.1", server.actualPort()), FailureKind.TLSFailure);
    }

    @Test
    void unreadableCaCertificate() {
        Target target = tenant("localhost").target("localhost");
        assertFails(with(target, "no certificate", target.clientKey()), FailureKind.InvalidTarget);
    }

    @Test
    void unreadableKey() {
        Target target = tenant("localhost").target("localhost");
        String key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        assertFails(with(target, target.caCertificate(), key), FailureKind.InvalidTarget)
                .doesNotContain("AAAA");
    }

    @Test
    void urlWithoutTls() {
        Target target = tenant("localhost").target("localhost");
        assertFails(
                new Target(
                        URI.create("http://localhost"),
                        null,
                        target.caCertificate(),
                        target.clientCertificate(),
                        target.clientKey(),
                        false,
                        "1"),
                FailureKind.InvalidTarget);
    }

    @Test
    void saysNothingOfTheKey() {
        Target target = tenant("localhost").target("localhost");
        assertThat(target).asString().contains("localhost").doesNotContain("PRIVATE", "CERTIFICATE");
    }
}
