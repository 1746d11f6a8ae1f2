package dev.sandboxcluster.operator.sandbox.probe;

import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.READYZ;
import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.VERSION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.operator.sandbox.Observation.Available;
import dev.sandboxcluster.operator.sandbox.Observation.Failing;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import dev.sandboxcluster.operator.sandbox.probe.TestSandbox.Reply;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How failures are told from each other, and what is said of them. */
class SandboxFailureTest {

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

    private TestSandbox sandbox(String... names) {
        return new TestSandbox(vertx, authority, names);
    }

    private TestSandbox withServerNames(String... names) {
        return new TestSandbox(vertx, authority, authority.issue("k3s", names), true);
    }

    private AbstractStringAssert<?> assertFails(Target target, EndpointFailure kind) {
        assertThat(probe.awaitChange(target)).isInstanceOf(Failing.class);
        Failing failing = (Failing) probe.changes.get(0);
        assertThat(failing.kind()).as(failing.message()).isEqualTo(kind);
        return assertThat(failing.message()).doesNotContain("PRIVATE", "BEGIN");
    }

    private static Target with(Target target, String ca, String key) {
        return new Target(
                new SandboxAccess(
                        target.access().server(),
                        target.access().tlsServerName(),
                        ca,
                        target.access().clientCertificate(),
                        key),
                false,
                false,
                Optional.empty(),
                "1");
    }

    private Target at(String host, int port) {
        Target any = sandbox("localhost").target("localhost");
        return new Target(
                new SandboxAccess(
                        URI.create("https://" + host + ":" + port),
                        null,
                        any.access().caCertificate(),
                        any.access().clientCertificate(),
                        any.access().clientKey()),
                false,
                false,
                Optional.empty(),
                "1");
    }

    @Test
    void anotherCa() {
        Target target = sandbox("localhost").target("localhost");
        assertFails(
                        with(
                                target,
                                new TestAuthority("cluster-ca").certificate(),
                                target.access().clientKey()),
                        EndpointFailure.TLSTerminatedByProxy)
                .contains("CN=server-ca", "proxy that terminates TLS", "localhost:");
    }

    @Test
    void anotherCaOfTheSameName() {
        Target target = sandbox("localhost").target("localhost");
        assertFails(
                        with(
                                target,
                                new TestAuthority("server-ca").certificate(),
                                target.access().clientKey()),
                        EndpointFailure.WrongServer)
                .contains("CN=server-ca", "another cluster");
    }

    @Test
    void expiredCertificate() {
        TestSandbox sandbox =
                new TestSandbox(vertx, authority, authority.issue("k3s", Duration.ofDays(-1), "localhost"), false);
        assertFails(sandbox.target("localhost"), EndpointFailure.TLSUntrusted).contains("valid from");
    }

    @Test
    void anotherName() {
        assertFails(sandbox("kubernetes", "10.43.0.1").target("localhost"), EndpointFailure.TLSNameMismatch)
                .contains("isn't valid for localhost but for kubernetes, 10.43.0.1");
    }

    @Test
    void addressThatTheCertificateLacks() {
        assertFails(sandbox("localhost", "10.43.0.1").target("127.0.0.1"), EndpointFailure.TLSNameMismatch)
                .contains("isn't valid for 127.0.0.1 but for localhost, 10.43.0.1");
    }

    @Test
    void anotherTlsServerName() {
        TestSandbox sandbox = sandbox("kubernetes");
        assertFails(sandbox.target("127.0.0.1", "other.default.svc", "1"), EndpointFailure.TLSNameMismatch)
                .contains("isn't valid for other.default.svc");
    }

    @Test
    void addressInTheCertificate() {
        TestSandbox sandbox = withServerNames("127.0.0.1");
        assertThat(probe.awaitChange(sandbox.target("127.0.0.1"))).isInstanceOf(Available.class);
        assertThat(sandbox.serverNames).containsOnly("null");
    }

    @Test
    void tlsServerNameAtAnAddress() {
        TestSandbox sandbox = withServerNames("kubernetes.default.svc");
        assertThat(probe.awaitChange(sandbox.target("127.0.0.1", "kubernetes.default.svc", "1")))
                .isInstanceOf(Available.class);
        assertThat(sandbox.serverNames).containsOnly("kubernetes.default.svc");
    }

    @Test
    void keyInPkcs8() {
        TestSandbox sandbox = sandbox("localhost");
        Target target = with(sandbox.target("localhost"), authority.certificate(), sandbox.admin.pkcs8());
        assertThat(target.access().clientKey()).contains("BEGIN PRIVATE KEY");
        assertThat(sandbox.target("localhost").access().clientKey()).contains("BEGIN EC PRIVATE KEY");
        assertThat(probe.awaitChange(target)).isInstanceOf(Available.class);
    }

    @Test
    void clientCertificateThatTheServerRejects() {
        TestSandbox sandbox = sandbox("localhost");
        TestAuthority.Issued stranger = new TestAuthority("stranger").issue("system:admin");
        Target target = sandbox.target("localhost");
        assertThat(probe.awaitChange(new Target(
                        new SandboxAccess(
                                target.access().server(),
                                null,
                                target.access().caCertificate(),
                                stranger.certificate(),
                                stranger.pkcs8()),
                        false,
                        false,
                        Optional.empty(),
                        "1")))
                .isInstanceOfSatisfying(Failing.class, failing -> assertThat(failing.kind())
                        .isIn(EndpointFailure.TLSFailure, EndpointFailure.ConnectionReset));
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
    void answers(int status, String type, String body, EndpointFailure kind, String said) {
        TestSandbox sandbox = sandbox("localhost");
        sandbox.answer(READYZ, new Reply(status, type, body.replace('|', '\n')));
        assertFails(sandbox.target("localhost"), kind).contains(said);
    }

    @Test
    void manyFailedChecksAreCounted() {
        TestSandbox sandbox = sandbox("localhost");
        sandbox.answer(READYZ, Reply.text(500, "[-]poststarthook/some-hook failed: reason withheld\n".repeat(40)));
        assertFails(sandbox.target("localhost"), EndpointFailure.NotReady)
                .endsWith("and 34 more")
                .hasSizeLessThan(512);
    }

    @Test
    void endlessAnswer() {
        TestSandbox sandbox = sandbox("localhost");
        sandbox.answer(READYZ, Reply.text(200, "x".repeat(70_000)));
        assertFails(sandbox.target("localhost"), EndpointFailure.UnexpectedResponse)
                .contains("endless");
    }

    @Test
    void versionThatIsNone() {
        TestSandbox sandbox = sandbox("localhost");
        sandbox.answer(VERSION, Reply.ok("[]"));
        assertFails(sandbox.target("localhost"), EndpointFailure.UnexpectedResponse)
                .contains("/version");
    }

    @Test
    void nobodyListens() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertFails(at("127.0.0.1", port), EndpointFailure.ConnectionRefused).contains("127.0.0.1:" + port);
    }

    @Test
    void nameWithoutAddress() {
        assertFails(at("demo.invalid", 443), EndpointFailure.DNSFailure).contains("demo.invalid has no address");
    }

    @Test
    void acceptsAndStaysSilent() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            // Awaits less than twice the bound.
            assertFails(at("127.0.0.1", silent.getLocalPort()), EndpointFailure.NoAnswer)
                    .contains("silent");
        }
    }

    @Test
    void neverAnswersARequest() {
        TestSandbox sandbox = sandbox("localhost");
        sandbox.answer(READYZ, (Reply) null);
        assertFails(sandbox.target("localhost"), EndpointFailure.NoAnswer).contains("doesn't answer");
        sandbox.answer(READYZ, TestSandbox.READY);
        probe.await(Available.class);
    }

    @Test
    void closesConnections() {
        NetServer server = vertx.createNetServer().connectHandler(socket -> socket.close());
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
        assertFails(at("127.0.0.1", server.actualPort()), EndpointFailure.ConnectionReset);
    }

    @Test
    void speaksNoTls() {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> request.response().end());
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
        assertFails(at("127.0.0.1", server.actualPort()), EndpointFailure.TLSFailure);
    }

    @Test
    void unreadableCaCertificate() {
        Target target = sandbox("localhost").target("localhost");
        assertFails(with(target, "no certificate", target.access().clientKey()), EndpointFailure.InvalidTarget);
    }

    @Test
    void unreadableKey() {
        Target target = sandbox("localhost").target("localhost");
        String key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        assertFails(with(target, target.access().caCertificate(), key), EndpointFailure.InvalidTarget)
                .doesNotContain("AAAA");
    }

    @Test
    void urlWithoutTls() {
        Target target = sandbox("localhost").target("localhost");
        assertFails(
                new Target(
                        new SandboxAccess(
                                URI.create("http://localhost"),
                                null,
                                target.access().caCertificate(),
                                target.access().clientCertificate(),
                                target.access().clientKey()),
                        false,
                        false,
                        Optional.empty(),
                        "1"),
                EndpointFailure.InvalidTarget);
    }

    @Test
    void saysNothingOfTheKey() {
        Target target = sandbox("localhost").target("localhost");
        assertThat(target).asString().contains("localhost").doesNotContain("PRIVATE", "CERTIFICATE");
    }
}
