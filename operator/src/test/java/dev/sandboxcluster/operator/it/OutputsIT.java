package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written for other tools follows the kubeconfig, and goes when nobody asks for it any more. */
class OutputsIT extends OperatorFixture {

    private static final String SECRET_TYPE = "argocd.argoproj.io/secret-type";
    private static final String BOTH = "outputs: {argoCD: {enabled: true}, caConfigMap: {enabled: true}}";

    @Test
    void argoCDComesWithTheKubeconfigsCredentials() throws IOException {
        sandboxes.apply("demo", "outputs: {argoCD: {enabled: true, project: team-a, labels: {env: preview}}}");

        Secret secret = sandboxes.awaitObject(Secret.class, "demo-argocd");
        assertThat(secret.getMetadata().getLabels())
                .containsEntry(SECRET_TYPE, "cluster")
                .containsEntry("env", "preview")
                .containsEntry("sandboxcluster.dev/namespace", sandboxes.namespace())
                .doesNotContainKey(Identity.INSTANCE);
        assertThat(secret.getMetadata().getOwnerReferences()).hasSize(1);
        assertThat(Sandboxes.value(secret, "name")).isEqualTo("demo." + sandboxes.namespace());
        assertThat(Sandboxes.value(secret, "project")).isEqualTo("team-a");
        assertThat(Sandboxes.value(secret, "server")).isEqualTo("https://demo." + sandboxes.namespace() + ".svc:443");
        JsonNode tls = tls(secret);
        assertThat(tls.get("insecure").asBoolean()).isFalse();
        assertThat(tls.has("serverName")).isFalse();
        Secret kubeconfig = sandboxes.awaitObject(Secret.class, "demo-kubeconfig");
        assertThat(tls.get("caData").asText()).isEqualTo(kubeconfig.getData().get("ca.crt"));
        assertThat(tls.get("certData").asText()).isEqualTo(kubeconfig.getData().get("client.crt"));
        assertThat(tls.get("keyData").asText()).isEqualTo(kubeconfig.getData().get("client.key"));
        assertThat(sandboxes
                        .awaitReason("demo", "OutputsReady", "OutputsWritten")
                        .getMessage())
                .contains("demo-argocd");
    }

    @Test
    void elsewhereArgoCDVerifiesTheNameThatTheKubeconfigVerifies() throws IOException {
        sandboxes.apply(
                "demo", "expose: {type: LoadBalancer}, outputs: {argoCD: {enabled: true, endpoint: Published}}");
        sandboxes.awaitReason("demo", "OutputsReady", "WaitingForKubeconfig");
        assertThat(sandboxes.object(Secret.class, "demo-argocd").get()).isNull();

        sandboxes.balance("demo", "192.0.2.9", null);

        Secret secret = sandboxes.awaitObject(Secret.class, "demo-argocd");
        assertThat(Sandboxes.value(secret, "server")).isEqualTo("https://192.0.2.9:443");
        assertThat(tls(secret).get("serverName").asText()).isEqualTo("kubernetes.default.svc");
        Secret kubeconfig = sandboxes.awaitObject(Secret.class, "demo-kubeconfig");
        assertThat(Sandboxes.value(kubeconfig, "tls-server-name")).isEqualTo("kubernetes.default.svc");
        assertThat(Sandboxes.value(kubeconfig, "server")).isEqualTo("https://192.0.2.9:443");

        sandboxes.apply("demo", "outputs: {argoCD: {enabled: true, endpoint: Published}}");
        sandboxes.awaitObject(Secret.class, "demo-argocd", moved -> Sandboxes.value(moved, "server")
                .endsWith(".svc:443"));
        sandboxes.awaitObject(
                Secret.class, "demo-kubeconfig", moved -> !moved.getData().containsKey("tls-server-name"));
    }

    @Test
    void theCertificateAuthorityIsForThoseWhoMayNotReadSecrets() {
        sandboxes.apply("demo", "outputs: {caConfigMap: {enabled: true, name: trust}}");

        ConfigMap configMap = sandboxes.awaitObject(ConfigMap.class, "trust");
        assertThat(configMap.getData())
                .isEqualTo(Map.of(
                        "ca.crt", Sandboxes.value(sandboxes.awaitObject(Secret.class, "demo-kubeconfig"), "ca.crt")));
    }

    @Test
    void renewedCredentialsReachArgoCD() throws IOException {
        sandboxes.apply("demo", BOTH);
        String before = tls(sandboxes.awaitObject(Secret.class, "demo-argocd"))
                .get("certData")
                .asText();

        sandboxes.object(Secret.class, "demo-kubeconfig").edit(secret -> new SecretBuilder(secret)
                .addToData("client.crt", "ZWRpdGVk")
                .build());

        Secret renewed = sandboxes.awaitObject(
                Secret.class,
                "demo-argocd",
                secret -> !tls(secret).get("certData").asText().equals(before));
        assertThat(tls(renewed).get("certData").asText())
                .isEqualTo(sandboxes
                        .object(Secret.class, "demo-kubeconfig")
                        .get()
                        .getData()
                        .get("client.crt"));
    }

    @Test
    void whatIsDeletedOrEditedComesBack() {
        sandboxes.apply("demo", BOTH);
        Secret secret = sandboxes.awaitObject(Secret.class, "demo-argocd");
        ConfigMap configMap = sandboxes.awaitObject(ConfigMap.class, "demo-ca");

        sandboxes.object(Secret.class, "demo-argocd").delete();
        sandboxes.object(ConfigMap.class, "demo-ca").edit(present -> new ConfigMapBuilder(present)
                .addToData("ca.crt", "another")
                .build());

        sandboxes.awaitObject(
                Secret.class,
                "demo-argocd",
                again -> isAnother(again, secret) && again.getData().equals(secret.getData()));
        sandboxes.awaitObject(
                ConfigMap.class, "demo-ca", again -> again.getData().equals(configMap.getData()));
    }

    @Test
    void whatNobodyAsksForAnyMoreIsEmptiedAndArgoCDForgetsTheCluster() {
        sandboxes.apply(
                "demo", "outputs: {argoCD: {enabled: true, labels: {env: preview}}, caConfigMap: {enabled: true}}");
        sandboxes.awaitObject(Secret.class, "demo-argocd");
        sandboxes.awaitObject(ConfigMap.class, "demo-ca");
        sandboxes.awaitReason("demo", "OutputsReady", "OutputsWritten");

        sandboxes.apply("demo", "tlsSANs: []");

        Secret withdrawn = sandboxes.awaitObject(Secret.class, "demo-argocd", secret -> !secret.getMetadata()
                .getLabels()
                .containsKey(SECRET_TYPE));
        assertThat(withdrawn.getData()).isNullOrEmpty();
        assertThat(withdrawn.getMetadata().getLabels()).doesNotContainKey("env");
        sandboxes.awaitObject(
                ConfigMap.class,
                "demo-ca",
                configMap -> configMap.getData() == null || configMap.getData().isEmpty());
        await().until(() -> sandboxes.condition("demo", "OutputsReady").isEmpty());
        assertThatNothingIsWritten();

        sandboxes.apply("demo", BOTH);
        sandboxes.awaitObject(Secret.class, "demo-argocd", secret -> secret.getMetadata()
                .getLabels()
                .containsKey(SECRET_TYPE));
        sandboxes.awaitReason("demo", "OutputsReady", "OutputsWritten");
    }

    @Test
    void underAnotherNameTheFormerIsEmptied() {
        sandboxes.apply("demo", "outputs: {caConfigMap: {enabled: true, name: former}}");
        sandboxes.awaitObject(ConfigMap.class, "former");
        sandboxes.awaitReason("demo", "OutputsReady", "OutputsWritten");

        sandboxes.apply("demo", "outputs: {caConfigMap: {enabled: true, name: latter}}");

        sandboxes.awaitObject(
                ConfigMap.class,
                "former",
                configMap -> configMap.getData() == null || configMap.getData().isEmpty());
        sandboxes.awaitObject(
                ConfigMap.class, "latter", configMap -> configMap.getData().containsKey("ca.crt"));
    }

    @Test
    void whatIsSomebodyElsesIsLeftAlone() {
        Secret secret = HOST.admin()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("demo-argocd")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .addToData("mine", "bWluZQ==")
                        .build())
                .create();
        ConfigMap configMap = HOST.admin()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("demo-ca")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .addToData("mine", "mine")
                        .build())
                .create();

        sandboxes.apply("demo", BOTH);

        assertThat(sandboxes.awaitReason("demo", "OutputsReady", "NameConflict").getMessage())
                .contains("/demo-argocd is there");
        assertThat(sandboxes.object(Secret.class, "demo-argocd").get()).isEqualTo(secret);
        sandboxes.object(Secret.class, "demo-argocd").delete();
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(sandboxes
                        .awaitReason("demo", "OutputsReady", "NameConflict")
                        .getMessage())
                .contains("ConfigMap demo-ca"));
        assertThat(sandboxes.object(ConfigMap.class, "demo-ca").get()).isEqualTo(configMap);
        sandboxes.object(ConfigMap.class, "demo-ca").delete();
        sandboxes.awaitReason("demo", "OutputsReady", "OutputsWritten");
    }

    /** Who may write Secrets and read none must not be given an administrator's by labels alone. */
    @Test
    void aSecretThatOnlyLooksLikeOursIsNotFilled() {
        HOST.admin()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("demo-argocd")
                        .withNamespace(sandboxes.namespace())
                        .withLabels(new Identity("demo", sandboxes.namespace(), "none").labels())
                        .addToAnnotations("replicate-to", "elsewhere")
                        .endMetadata()
                        .build())
                .create();

        sandboxes.apply("demo", BOTH);

        sandboxes.awaitReason("demo", "OutputsReady", "NameConflict");
        assertThat(sandboxes.object(Secret.class, "demo-argocd").get().getData())
                .isNullOrEmpty();
    }

    @Test
    void whatWasOrphanedIsTakenOver() {
        sandboxes.apply("demo", BOTH);
        Secret before = sandboxes.awaitObject(Secret.class, "demo-argocd");
        sandboxes.awaitReason("demo", "OutputsReady", "OutputsWritten");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        sandboxes.orphan("demo");

        sandboxes.apply("demo", BOTH);

        sandboxes.awaitReason("demo", "OutputsReady", "OutputsWritten");
        Secret after = sandboxes.object(Secret.class, "demo-argocd").get();
        assertThat(isAnother(after, before)).isFalse();
        assertThat(after.getData()).isEqualTo(before.getData());
        assertThat(after.getMetadata().getOwnerReferences()).singleElement().satisfies(owner -> assertThat(
                        owner.getUid())
                .isEqualTo(sandboxes.get("demo").getMetadata().getUid()));
    }

    @Test
    void onceWrittenNothingIsWrittenAnyMore() {
        sandboxes.apply("demo", BOTH);
        sandboxes.awaitReason("demo", "OutputsReady", "OutputsWritten");
        sandboxes.awaitReason("demo", "Ready", "PodPending");

        sandboxes.annotate("demo", "example.com/look", "again");

        assertThatNothingIsWritten();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster.x-k8s.io/cluster-name", "example.com/copy"})
    void theKubeconfigHasTheLabelsThatItsReadersLookFor(String label) {
        sandboxes.apply("demo", "kubeconfig: {labels: {" + label + ": demo}}");
        sandboxes.awaitObject(Secret.class, "demo-kubeconfig", secret -> "demo"
                .equals(secret.getMetadata().getLabels().get(label)));

        sandboxes.apply("demo", "tlsSANs: []");
        sandboxes.awaitObject(Secret.class, "demo-kubeconfig", secret -> !secret.getMetadata()
                .getLabels()
                .containsKey(label));
    }

    private void assertThatNothingIsWritten() {
        AtomicInteger last = new AtomicInteger(-1);
        await().atMost(Duration.ofSeconds(20)).during(Duration.ofSeconds(2)).until(() -> {
            int now = writes();
            return last.getAndSet(now) == now;
        });
    }

    private int writes() {
        return (int) HOST.writes().stream()
                .filter(line -> line.contains(sandboxes.namespace()))
                .count();
    }

    private static boolean isAnother(HasMetadata object, HasMetadata former) {
        return !object.getMetadata().getUid().equals(former.getMetadata().getUid());
    }

    private static JsonNode tls(Secret secret) {
        return Serialization.unmarshal(
                        new String(Base64.getDecoder().decode(secret.getData().get("config"))), JsonNode.class)
                .get("tlsClientConfig");
    }
}
