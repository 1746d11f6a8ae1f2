package dev.sandboxcluster.operator.sandbox.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.capability.authentication.AuthenticationConfigMap;
import dev.sandboxcluster.operator.capability.authentication.AuthenticationSettings;
import dev.sandboxcluster.operator.it.HostServer;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.sandbox.Reloads;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real API server with the file that the operator writes, and a provider of tokens. */
class AuthenticationIT {

    /** The API server looks at the file at once if it can, otherwise once a minute. */
    private static final Duration RELOADED = Duration.ofSeconds(90);

    @TempDir
    static Path directory;

    private static Vertx vertx;
    private static TestIssuer issuer;
    private static HostServer sandbox;

    @BeforeAll
    static void start() throws IOException {
        vertx = Vertx.vertx();
        issuer = new TestIssuer(vertx);
        write("a:", "claims.team");
        sandbox = new HostServer(List.of("--authentication-config=" + file()));
    }

    @AfterAll
    static void stop() {
        Optional.ofNullable(sandbox).ifPresent(HostServer::close);
        Optional.ofNullable(issuer).ifPresent(TestIssuer::close);
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void tokensAreAcceptedAndAChangeNeedsNoRestart() throws IOException {
        String token = issuer.token("jane", "kubectl");
        await().atMost(RELOADED).untilAsserted(() -> assertThat(whoAmI(token)).hasValueSatisfying(user -> {
            assertThat(user.getUsername()).isEqualTo("a:jane");
            assertThat(user.getGroups()).contains("team:blue");
            assertThat(user.getUid()).isEqualTo("7");
            assertThat(user.getExtra()).containsKey("example.com/team");
        }));
        assertThat(whoAmI(issuer.token("jane", "somebody-else"))).isEmpty();
        assertThat(whoAmI(issuer.token("system:admin", "kubectl"))).isEmpty();

        try (TestProber probe = new TestProber()) {
            probe.prober.watch(probe.id, target());
            probe.prober.wantReloads(probe.id, true);
            await().until(() -> probe.prober.reloads(probe.id), Optional.of(Reloads.NONE)::equals);

            write("b:", "claims.team");
            Reloads changed = await().atMost(RELOADED)
                    .until(() -> probe.prober.reloads(probe.id).orElseThrow(), reloads -> reloads.succeeded()
                            .isPresent());
            assertThat(changed.failing()).isFalse();
            assertThat(whoAmI(token)).map(UserInfo::getUsername).hasValue("b:jane");

            write("c:", "claims.");
            await().atMost(RELOADED)
                    .until(() -> probe.prober.reloads(probe.id).orElseThrow().failing());
            assertThat(whoAmI(token)).map(UserInfo::getUsername).hasValue("b:jane");

            write("d:", "claims.team");
            await().atMost(RELOADED)
                    .until(() -> !probe.prober.reloads(probe.id).orElseThrow().failing());
            assertThat(whoAmI(token)).map(UserInfo::getUsername).hasValue("d:jane");
        }
    }

    private static Path file() {
        return directory.resolve(K3s.AUTHENTICATION_CONFIG);
    }

    private static void write(String prefix, String team) throws IOException {
        SandboxCluster cluster = Serialization.unmarshal(
                """
                apiVersion: sandboxcluster.dev/v1alpha1
                kind: SandboxCluster
                metadata: {name: demo, namespace: previews, uid: "1"}
                spec:
                  authentication:
                    jwt:
                    - issuer:
                        url: "%s"
                        certificateAuthority: "%s"
                        audiences: [kubectl, ci]
                        audienceMatchPolicy: MatchAny
                      claimValidationRules:
                      - {claim: hd, requiredValue: example.com}
                      - {expression: "claims.exp - claims.iat <= 86400", message: a day at most}
                      claimMappings:
                        username: {claim: sub, prefix: "%s"}
                        groups: {expression: "['team:' + claims.team]"}
                        uid: {claim: uid}
                        extra: [{key: example.com/team, valueExpression: "%s"}]
                      userValidationRules:
                      - {expression: "!user.username.endsWith('system:admin')", message: not by token}
                """.formatted(issuer.url(), issuer.certificateAuthority().replace("\n", "\\n"), prefix, team),
                SandboxCluster.class);
        Path next = directory.resolve("next");
        Files.writeString(
                next,
                AuthenticationConfigMap.desired(Identity.of(cluster), AuthenticationSettings.of(cluster.getSpec()))
                        .getData()
                        .get(K3s.AUTHENTICATION_CONFIG));
        Files.move(next, file(), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private static Optional<UserInfo> whoAmI(String token) {
        Config config = new ConfigBuilder(sandbox.admin.getConfiguration())
                .withClientCertFile(null)
                .withClientKeyFile(null)
                .withOauthToken(token)
                .withRequestRetryBackoffLimit(0)
                .build();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            return Optional.of(client.resource(new SelfSubjectReview())
                    .create()
                    .getStatus()
                    .getUserInfo());
        } catch (KubernetesClientException e) {
            assertThat(e.getCode()).isEqualTo(401);
            return Optional.empty();
        }
    }

    private static Target target() throws IOException {
        return TestProber.target(sandbox.admin.getConfiguration(), false);
    }
}
