package dev.sandboxcluster.operator.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompactStoreTest {

    private static final String KEY = "previews/demo-pki";

    private final CompactStore<Secret> store = new CompactStore<>(Secret.class, new KubernetesSerialization());

    @Test
    void whatIsKeptIsWhatWasPutThere() {
        assertThat(store.put(KEY, secret("1"))).isNull();

        assertThat(store.get(KEY)).isEqualTo(secret("1"));
        assertThat(store.values()).containsExactly(secret("1"));
        assertThat(store.keySet()).containsExactly(store.getKey(secret("1")));
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void whatWasThereBeforeIsTold() {
        store.put(KEY, secret("1"));

        assertThat(store.put(KEY, secret("2"))).isEqualTo(secret("1"));
        assertThat(store.remove(KEY)).isEqualTo(secret("2"));
        assertThat(store.remove(KEY)).isNull();
        assertThat(store.get(KEY)).isNull();
    }

    private static Secret secret(String version) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName("demo-pki")
                .withNamespace("previews")
                .withResourceVersion(version)
                .addNewManagedField()
                .withManager("sandboxcluster-operator")
                .withOperation("Apply")
                .withNewFieldsV1()
                .addToAdditionalProperties("f:data", Map.of("f:token", Map.of()))
                .endFieldsV1()
                .endManagedField()
                .endMetadata()
                .withData(Map.of("token", "ä".repeat(1000)))
                .build();
    }
}
