package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.operator.credentials.ClientCertificate;
import dev.sandboxcluster.operator.credentials.ClientCertificatePolicy;
import dev.sandboxcluster.operator.credentials.KeyPairPem;
import dev.sandboxcluster.operator.objects.Base64Data;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        assertThat(subject(after)).as("copies of the former one go on").isEqualTo(subject(before));
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
        ClientCertificate.Subject subject = subject(after);
        assertThat(subject.user()).isEqualTo("sandboxcluster:admin");
        assertThat(violation(after, subject)).isEmpty();
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

    @Test
    void aRevocationMakesItAnothersKubeconfig() {
        sandboxes.apply("demo", "");
        Secret leaked = sandboxes.awaitObject(Secret.class, "demo-kubeconfig");

        sandboxes.annotate("demo", "sandboxcluster.dev/revoke-kubeconfig", "once");
        Secret other = sandboxes.awaitObject(
                Secret.class, "demo-kubeconfig", secret -> !subject(secret).equals(subject(leaked)));
        assertThat(subject(other).user()).isEqualTo("sandboxcluster:admin");
        assertThat(violation(other, subject(other))).isEmpty();
        // No control plane runs here that could be told.
        assertThat(sandboxes.awaitReason("demo", "CredentialsReady", "Revoking").getMessage())
                .contains("lose their rights when");

        sandboxes.annotate("demo", "sandboxcluster.dev/revoke-kubeconfig", null);
        Secret kept = sandboxes.awaitObject(Secret.class, "demo-kubeconfig", secret -> secret.getMetadata()
                .getAnnotations()
                .isEmpty());
        assertThat(kept.getData()).isEqualTo(other.getData());
    }

    /** RBAC can't take its rights away; but it is in use. */
    @Test
    void whatAFormerReleasePublishedStays() {
        sandboxes.apply("demo", "");
        Secret pki = sandboxes.awaitObject(Secret.class, "demo-pki");
        sandboxes.awaitObject(Secret.class, "demo-kubeconfig");
        KeyPairPem former = ClientCertificate.mint(
                new KeyPairPem(Sandboxes.value(pki, "client-ca.crt"), Sandboxes.value(pki, "client-ca.key")),
                "system:admin",
                "system:masters",
                Instant.now(),
                Duration.ofDays(365));

        sandboxes.object(Secret.class, "demo-kubeconfig").edit(secret -> new SecretBuilder(secret)
                .addToData(
                        "client.crt",
                        Base64Data.encode(Map.of("a", former.certificate())).get("a"))
                .addToData(
                        "client.key",
                        Base64Data.encode(Map.of("a", former.privateKey())).get("a"))
                .build());

        Secret after = sandboxes.awaitObject(Secret.class, "demo-kubeconfig", secret -> Sandboxes.value(secret, "value")
                .contains(secret.getData().get("client.crt")));
        assertThat(Sandboxes.value(after, "client.crt")).isEqualTo(former.certificate());
    }

    @Test
    void othersGetKubeconfigsOfTheirOwn() {
        sandboxes.apply(
                "demo", "kubeconfig: {additional: [{name: ci, user: robot, groups: [dev, ops], lifetime: 2h}]}");

        Secret first = sandboxes.awaitObject(Secret.class, "demo-kubeconfig-ci");
        assertThat(violation(first, "robot", "dev", "ops")).isEmpty();
        assertThat(Duration.between(
                        Instant.now(),
                        ClientCertificatePolicy.endOf(Sandboxes.value(first, "client.crt"))
                                .orElseThrow()))
                .isBetween(Duration.ofMinutes(110), Duration.ofHours(2));
        Config config = Config.fromKubeconfig(Sandboxes.value(first, "value"));
        assertThat(config.getCurrentContext().getName()).isEqualTo("demo-ci");

        sandboxes.apply("demo", "kubeconfig: {additional: [{name: ci, groups: [dev], lifetime: 1h}]}");
        Secret second =
                sandboxes.awaitObject(Secret.class, "demo-kubeconfig-ci", secret -> violation(secret, "ci", "dev")
                        .isEmpty());
        assertThat(ClientCertificatePolicy.endOf(Sandboxes.value(second, "client.crt"))
                        .orElseThrow())
                .isBefore(Instant.now().plus(Duration.ofHours(1)));

        sandboxes.apply("demo", "kubeconfig: {additional: []}");
        sandboxes.awaitObject(
                Secret.class,
                "demo-kubeconfig-ci",
                secret -> secret.getData() == null || secret.getData().isEmpty());
    }

    @Test
    void somebodyElsesSecretIsNotFilled() {
        HOST.admin()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("demo-kubeconfig-ci")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .build())
                .create();

        sandboxes.apply("demo", "kubeconfig: {additional: [{name: ci}]}");

        sandboxes.awaitReason("demo", "CredentialsReady", "SecretConflict");
        assertThat(sandboxes.object(Secret.class, "demo-kubeconfig-ci").get().getData())
                .isNullOrEmpty();
    }

    private static ClientCertificate.Subject subject(Secret kubeconfig) {
        return ClientCertificate.subject(Sandboxes.value(kubeconfig, "client.crt"))
                .orElseThrow();
    }

    private Optional<ClientCertificatePolicy.Violation> violation(
            Secret kubeconfig, ClientCertificate.Subject subject) {
        return violation(kubeconfig, subject.user(), subject.group());
    }

    private Optional<ClientCertificatePolicy.Violation> violation(Secret kubeconfig, String user, String... groups) {
        Secret pki = sandboxes.awaitObject(Secret.class, "demo-pki");
        return new ClientCertificatePolicy(Sandboxes.value(pki, "client-ca.crt"), user, List.of(groups))
                .check(
                        Sandboxes.value(kubeconfig, "client.crt"),
                        Sandboxes.value(kubeconfig, "client.key"),
                        Instant.now());
    }
}
