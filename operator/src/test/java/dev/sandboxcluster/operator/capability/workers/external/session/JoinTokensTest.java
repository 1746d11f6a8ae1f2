package dev.sandboxcluster.operator.capability.workers.external.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.NodeReason;
import dev.sandboxcluster.operator.capability.workers.external.join.JoinToken;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport.Refusal;
import dev.sandboxcluster.operator.capability.workers.external.session.JoinTokens.Changes;
import dev.sandboxcluster.operator.capability.workers.external.session.JoinTokens.Kept;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class JoinTokensTest {

    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final Map<String, String> ONE_GROUP = Map.of("default", "e1");

    @Test
    void theFirstTokenOfAGroupLivesForItsTime() {
        Changes changes = changes(List.of(), ONE_GROUP);

        assertThat(changes.withdraw()).isEmpty();
        assertThat(changes.create()).singleElement().satisfies(created -> {
            assertThat(created.name())
                    .isEqualTo("bootstrap-token-" + created.token().id());
            assertThat(created.token().expiration()).isEqualTo(NOW.plus(DAY));
        });
        assertThat(changes.publish().get("default").token())
                .isEqualTo(changes.create().get(0).token());
    }

    @Test
    void aTokenIsReplacedAfterTwoThirdsOfItsLifeAndNotWithdrawn() {
        Kept young = kept("aaaaaa", "default", "e1", Duration.ofHours(9));
        assertThat(changes(List.of(young), ONE_GROUP).create()).isEmpty();
        assertThat(changes(List.of(young), ONE_GROUP).publish().get("default").token())
                .isEqualTo(young.token());

        Kept old = kept("bbbbbb", "default", "e1", Duration.ofHours(7));
        assertThat(changes(List.of(old), ONE_GROUP).create()).hasSize(1);
        assertThat(changes(List.of(old), ONE_GROUP).withdraw()).isEmpty();
        assertThat(changes(List.of(old, young), ONE_GROUP).create()).isEmpty();
    }

    @Test
    void tokensOfAnotherEpochOrOfNoGroupAreWithdrawn() {
        Changes changes = changes(
                List.of(
                        kept("aaaaaa", "default", "e0", Duration.ofHours(20)),
                        kept("bbbbbb", "gone", "e1", Duration.ofHours(20))),
                ONE_GROUP);

        assertThat(changes.withdraw()).containsExactly("bootstrap-token-aaaaaa", "bootstrap-token-bbbbbb");
        assertThat(changes.create()).hasSize(1);
    }

    @Test
    void everyGroupHasItsOwn() {
        Changes changes = changes(List.of(), Map.of("build", "e1", "gpu", "e2"));

        assertThat(changes.publish()).containsOnlyKeys("build", "gpu");
        assertThat(changes.create().stream().map(kept -> kept.token().secret()).distinct())
                .hasSize(2);
    }

    @Test
    void whatIsWrittenCanBeReadAgain() {
        Kept token = kept("aaaaaa", "gpu", "e1", DAY);
        Secret secret = stored(JoinTokens.secret(token, Bootstrap.KubeletTLS));

        assertThat(JoinTokens.read(List.of(secret)).kept()).containsExactly(token);
        assertThat(secret.getType()).isEqualTo("bootstrap.kubernetes.io/token");
        assertThat(value(secret, "auth-extra-groups")).isEqualTo("system:bootstrappers:sandboxcluster:gpu");
        assertThat(value(stored(JoinTokens.secret(token, Bootstrap.K3sAgent)), "auth-extra-groups"))
                .isEqualTo("system:bootstrappers:k3s:default-node-token");
    }

    @Test
    void aTokenThatSomebodyBrokeIsReplaced() {
        Secret broken = stored(JoinTokens.secret(kept("aaaaaa", "default", "e1", DAY), Bootstrap.K3sAgent));
        broken.getData().remove("token-secret");

        assertThat(JoinTokens.read(List.of(broken)).kept()).isEmpty();
        assertThat(JoinTokens.read(List.of(broken)).skipped())
                .extracting(Refusal::node, Refusal::reason)
                .containsExactly(tuple("bootstrap-token-aaaaaa", NodeReason.TOKEN_INVALID));
    }

    @Test
    void ofTwoSecretsWithOneTokenOnlyTheOneThatKubernetesKnowsCounts() {
        Kept token = kept("aaaaaa", "default", "e1", DAY);
        Secret copy = stored(JoinTokens.secret(token, Bootstrap.K3sAgent));
        copy.getMetadata().setName("bootstrap-token-copied");

        JoinTokens.Tokens read = JoinTokens.read(List.of(copy, stored(JoinTokens.secret(token, Bootstrap.K3sAgent))));
        assertThat(read.kept()).containsExactly(token);
        assertThat(read.skipped()).extracting(Refusal::node).containsExactly("bootstrap-token-copied");
    }

    @Test
    void aTokenThatIsBeingDeletedIsNoneAnyMore() {
        Secret deleted = stored(JoinTokens.secret(kept("aaaaaa", "default", "e1", DAY), Bootstrap.K3sAgent));
        deleted.getMetadata().setDeletionTimestamp(NOW.toString());

        assertThat(JoinTokens.read(List.of(deleted))).isEqualTo(new JoinTokens.Tokens(List.of(), List.of()));
    }

    private static Changes changes(List<Kept> kept, Map<String, String> epochs) {
        return JoinTokens.changes(kept, epochs, DAY, NOW, new Random(1));
    }

    private static Kept kept(String id, String group, String epoch, Duration left) {
        return new Kept("bootstrap-token-" + id, group, epoch, new JoinToken(id, "0123456789abcdef", NOW.plus(left)));
    }

    /** As the API server returns it. */
    private static Secret stored(Secret secret) {
        secret.setData(secret.getStringData().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> Base64.getEncoder()
                        .encodeToString(entry.getValue().getBytes(StandardCharsets.UTF_8)))));
        return secret;
    }

    private static String value(Secret secret, String key) {
        return new String(Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
    }
}
