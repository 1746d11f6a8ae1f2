package dev.sandboxcluster.operator.capability.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.objects.Base64Data;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** New keys would lock everybody out: when they are made, and when anything but that is done. */
class PkiStateTest {

    private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");
    private static final ClusterPki KEYS = ClusterPki.mint("demo", NOW);
    private static final ClusterPki OTHERS = ClusterPki.mint("demo", NOW);

    /**
     * Every combination there is.
     *
     * @param secret whose content the Secret has
     * @param owned whether it belongs to the SandboxCluster
     * @param published the CA whose hash the status, or the volume, has
     * @param started whether there is a control plane, or a volume
     */
    @ParameterizedTest(name = "{0}, owned: {1}, published: {2}, started: {3}")
    @CsvSource(delimiter = '|', textBlock = """
            no Secret   | false | nothing | false | Absent
            no Secret   | false | nothing | true  | PKISecretMissing
            no Secret   | false | keys    | false | PKISecretMissing
            no Secret   | false | keys    | true  | PKISecretMissing
            keys        | true  | nothing | false | Present
            keys        | true  | nothing | true  | Present
            keys        | true  | keys    | false | Present
            keys        | true  | keys    | true  | Present
            keys        | true  | others  | false | PKISecretInvalid
            keys        | true  | others  | true  | PKISecretInvalid
            keys        | false | nothing | false | NameConflict
            keys        | false | nothing | true  | NameConflict
            keys        | false | keys    | false | Restored
            keys        | false | keys    | true  | Restored
            keys        | false | others  | false | NameConflict
            keys        | false | others  | true  | NameConflict
            broken keys | true  | nothing | false | PKISecretInvalid
            broken keys | true  | nothing | true  | PKISecretInvalid
            broken keys | true  | keys    | false | PKISecretInvalid
            broken keys | true  | keys    | true  | PKISecretInvalid
            broken keys | true  | others  | false | PKISecretInvalid
            broken keys | true  | others  | true  | PKISecretInvalid
            broken keys | false | nothing | false | NameConflict
            broken keys | false | nothing | true  | NameConflict
            broken keys | false | keys    | false | NameConflict
            broken keys | false | keys    | true  | NameConflict
            broken keys | false | others  | false | NameConflict
            broken keys | false | others  | true  | NameConflict
            no data     | true  | nothing | false | PKISecretInvalid
            no data     | true  | keys    | true  | PKISecretInvalid
            no data     | false | nothing | false | NameConflict
            no data     | false | keys    | true  | NameConflict
            """)
    void decision(String secret, boolean owned, String published, boolean started, String expected) {
        assertThat(summary(PkiState.of(secret(secret), owned, hash(published), started, ClusterPki::parse)))
                .isEqualTo(expected);
    }

    @Test
    void whatIsUsedAreTheKeysOfTheSecret() {
        assertThat(PkiState.of(secret("keys"), true, hash("keys"), true, ClusterPki::parse))
                .isInstanceOfSatisfying(
                        PkiState.Present.class,
                        present -> assertThat(present.pki().data()).isEqualTo(KEYS.data()));
        assertThat(PkiState.of(secret("keys"), false, hash("keys"), true, ClusterPki::parse))
                .isInstanceOfSatisfying(
                        PkiState.Restored.class,
                        restored -> assertThat(restored.pki().data()).isEqualTo(KEYS.data()));
    }

    @Test
    void whoIsToPutTheSecretBackLearnsByWhatToRecogniseIt() {
        assertThat(message(PkiState.of(Optional.empty(), false, hash("keys"), true, ClusterPki::parse)))
                .contains("(SHA-256 of server-ca.crt: " + KEYS.caHash() + ")");
        assertThat(message(PkiState.of(Optional.empty(), false, Optional.empty(), true, ClusterPki::parse)))
                .contains("Put the Secret back, or delete")
                .doesNotContain("SHA-256");
    }

    @Test
    void theMessageSaysWhatIsWrong() {
        assertThat(message(PkiState.of(secret("broken keys"), true, hash("keys"), true, ClusterPki::parse)))
                .contains("was changed: service.key is missing");
        assertThat(message(PkiState.of(secret("keys"), true, hash("others"), true, ClusterPki::parse)))
                .contains("its server-ca.crt is another one than the published " + OTHERS.caHash());
        assertThat(message(PkiState.of(secret("keys"), false, hash("others"), true, ClusterPki::parse)))
                .contains("A Secret demo-pki is there", "left alone");
    }

    private static String summary(PkiState state) {
        return state instanceof PkiState.Unusable unusable
                ? unusable.verdict().reason()
                : state.getClass().getSimpleName();
    }

    private static String message(PkiState state) {
        assertThat(state).isInstanceOf(PkiState.Unusable.class);
        Verdict verdict = ((PkiState.Unusable) state).verdict();
        assertThat(verdict.status()).isEqualTo(Verdict.Status.False);
        return verdict.message();
    }

    private static Optional<Secret> secret(String content) {
        return switch (content) {
            case "no Secret" -> Optional.empty();
            case "keys" -> Optional.of(secret(KEYS.data()));
            case "broken keys" -> {
                Map<String, String> broken = new HashMap<>(KEYS.data());
                broken.remove("service.key");
                yield Optional.of(secret(broken));
            }
            case "no data" -> Optional.of(secret((Map<String, String>) null));
            default -> throw new IllegalArgumentException(content);
        };
    }

    private static Secret secret(Map<String, String> data) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName("demo-pki")
                .endMetadata()
                .withData(data == null ? null : Base64Data.encode(data))
                .build();
    }

    private static Optional<String> hash(String published) {
        return switch (published) {
            case "nothing" -> Optional.empty();
            case "keys" -> Optional.of(KEYS.caHash());
            case "others" -> Optional.of(OTHERS.caHash());
            default -> throw new IllegalArgumentException(published);
        };
    }
}
