package dev.sandboxcluster.operator.capability.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.credentials.InvalidPkiException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerifiedKeysTest {

    private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");

    private final VerifiedKeys verified = new VerifiedKeys();

    @Test
    void whatWasVerifiedIsReadTheSame() {
        Map<String, String> data = ClusterPki.mint("demo", NOW).data();

        assertThat(verified.parse(data).data()).isEqualTo(data);
        assertThat(verified.parse(new HashMap<>(data)).data()).isEqualTo(data);
    }

    @Test
    void whatChangedSinceIsVerifiedAgain() {
        Map<String, String> data = new HashMap<>(ClusterPki.mint("demo", NOW).data());
        verified.parse(data);
        data.put("client-ca.key", ClusterPki.mint("demo", NOW).data().get("client-ca.key"));

        assertThatThrownBy(() -> verified.parse(data))
                .isInstanceOf(InvalidPkiException.class)
                .hasMessageContaining("client-ca.key does not belong to client-ca.crt");
        assertThatThrownBy(() -> verified.parse(data)).isInstanceOf(InvalidPkiException.class);
    }
}
