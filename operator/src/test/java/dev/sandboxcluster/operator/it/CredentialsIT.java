package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.operator.credentials.ClientCertificatePolicy;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and kubeconfig: published early, mended when they break, never made anew under a cluster that lives. */
class CredentialsIT extends OperatorFixture {

    @Test
    void theKubeconfigIsThereBeforeThePod() {
        sandboxes.apply("demo", "kubeconfig: {secretName: access, contextName: mine}");

        Secret secret = sandboxes.awaitObject(Secret.class, "access");
        Config config = Config.fromKubeconfig(Sandboxes.value(secret, "value"));
        assertThat(config.getMasterUrl()).isEqualTo("https://demo." + sandboxes.namespace() + ".svc:443/");
        assertThat(config.getCurrentContext().getName()).isEqualTo("mine");
        assertThat(config.isTrustCerts()).isFalse();
        assertThat(Sandboxes.value(secret, "ca.crt"))
                .isEqualTo(Sandboxes.value(sandboxes.awaitObject(Secret.class, "demo-pki"), "server-ca.crt"));
    }

    @Test
    void aDeletedKubeconfigComesBack() {
        sandboxes.apply("demo", "");
        Secret before = sandboxes.awaitObject(Secret.class, "demo-kubeconfig");
        sandboxes.object(Secret.class, "demo-kubeconfig").delete();

        Secret after = sandboxes.awaitObject(Secret.class, "demo-kubeconfig", secret -> !secret.getMetadata()
                .getUid()
                .equals(before.getMetadata().getUid()));
        assertThat(Sandboxes.value(after, "ca.crt")).isEqualTo(Sandboxes.value(before, "ca.crt"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"value", "internal", "ca.crt", "server"})
    void anEditedKubeconfigIsRestored(String key) {
        sandboxes.apply("demo", "");
        Secret before = sandboxes.awaitObject(Secret.class, "demo-kubeconfig");

        sandboxes.object(Secret.class, "demo-kubeconfig").edit(secret -> new SecretBuilder(secret)
                .addToData(key, "ZWRpdGVk")
                .build());

        sandboxes.awaitObject(
                Secret.class, "demo-kubeconfig", secret -> secret.getData().equals(before.getData()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"client.crt", "client.key"})
    void brokenClientCredentialsAreMended(String key) {
        sandboxes.apply("demo", "");
        sandboxes.awaitObject(Secret.class, "demo-kubeconfig");

        sandboxes.object(Secret.class, "demo-kubeconfig").edit(secret -> new SecretBuilder(secret)
                .addToData(key, "ZWRpdGVk")
                .build());

        Secret after = sandboxes.awaitObject(Secret.class, "demo-kubeconfig", secret -> !Sandboxes.value(secret, key)
                .equals("edited"));
        Secret pki = sandboxes.awaitObject(Secret.class, "demo-pki");
        assertThat(new ClientCertificatePolicy(Sandboxes.value(pki, "client-ca.crt"), "system:admin", "system:masters")
                        .check(
                                Sandboxes.value(after, "client.crt"),
                                Sandboxes.value(after, "client.key"),
                                Instant.now()))
                .isEmpty();
        assertThat(Sandboxes.value(after, "value"))
                .contains(after.getData().get("client.crt"), after.getData().get("client.key"));
    }

    @Test
    void lostKeysAreNotMadeAnewUnderALiveClusterButTakenBack() {
        sandboxes.apply("demo", "");
        Secret pki = sandboxes.awaitObject(Secret.class, "demo-pki");
        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
        sandboxes.object(Secret.class, "demo-pki").delete();

        assertThat(sandboxes
                        .awaitReason("demo", "CredentialsReady", "PKISecretMissing")
                        .getMessage())
                .contains(
                        "Put the Secret back", sandboxes.get("demo").getStatus().caHash());
        assertThat(sandboxes.object(Secret.class, "demo-pki").get()).isNull();
        assertThat(sandboxes.object(Secret.class, "demo-kubeconfig").get()).isNotNull();

        HOST.admin()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("demo-pki")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .withData(pki.getData())
                        .build())
                .create();
        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
        assertThat(sandboxes
                        .object(Secret.class, "demo-pki")
                        .get()
                        .getMetadata()
                        .getOwnerReferences())
                .hasSize(1);
    }

    @Test
    void withoutKeysABrokenKubeconfigIsNotCalledPublished() {
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
        sandboxes.object(Secret.class, "demo-pki").delete();
        sandboxes.awaitReason("demo", "CredentialsReady", "PKISecretMissing");

        sandboxes.object(Secret.class, "demo-kubeconfig").edit(secret -> {
            secret.getData().remove("client.key");
            return secret;
        });

        sandboxes.awaitReason("demo", "Ready", "PKISecretMissing");
    }

    @Test
    void otherKeysInThePlaceOfTheLostOnesAreRefused() {
        sandboxes.apply("demo", "");
        sandboxes.apply("other", "");
        Secret other = sandboxes.awaitObject(Secret.class, "other-pki");
        sandboxes.awaitReason("demo", "CredentialsReady", "Published");

        sandboxes.object(Secret.class, "demo-pki").edit(secret -> new SecretBuilder(secret)
                .withData(other.getData())
                .build());

        sandboxes.awaitReason("demo", "CredentialsReady", "PKISecretInvalid");
        assertThat(sandboxes.object(Secret.class, "demo-pki").get().getData()).isEqualTo(other.getData());
    }
}
