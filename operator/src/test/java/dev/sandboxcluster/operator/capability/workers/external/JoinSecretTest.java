package dev.sandboxcluster.operator.capability.workers.external;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.JoinKeys;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import org.junit.jupiter.api.Test;

/** Which Secret that nobody owns may be filled with a join token. */
class JoinSecretTest {

    private static final Secret DESIRED = holding("token");

    @Test
    void oneThatHasItAlready() {
        assertThat(JoinSecret.hasTokenOf(holding("token"), DESIRED)).isTrue();
    }

    @Test
    void noneThatHasAnotherOrNone() {
        assertThat(JoinSecret.hasTokenOf(holding("another"), DESIRED)).isFalse();
        assertThat(JoinSecret.hasTokenOf(new SecretBuilder().build(), DESIRED)).isFalse();
        assertThat(JoinSecret.hasTokenOf(new SecretBuilder().build(), new SecretBuilder().build()))
                .isFalse();
    }

    private static Secret holding(String token) {
        return new SecretBuilder().addToData(JoinKeys.TOKEN, token).build();
    }
}
