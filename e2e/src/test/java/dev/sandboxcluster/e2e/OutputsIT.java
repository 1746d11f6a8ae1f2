package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Other tools get into a sandbox with what is written for them, and nothing else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutputsIT {

    @RegisterExtension
    static final Testbed BED = new Testbed();

    /** For all scenarios that don't mind what others did with it. */
    private Sandbox used;

    private Sandbox used() {
        if (used == null) {
            used = Sandbox.apply(
                            BED,
                            BED.lastingNamespace("outputs"),
                            "demo",
                            "expose: {type: NodePort}, outputs: {argoCD: {enabled: true, endpoint: Published}, caConfigMap: {enabled: true}}")
                    .awaitReady();
            used.awaitReason("OutputsReady", "OutputsWritten");
        }
        return used;
    }

    @Test
    void argoCDGetsInWithItsSecretAlone() {
        Secret secret = used().secret("-argocd");

        assertThat(namespaces(likeArgoCD(secret, Sandbox.value(secret, "server"), null)))
                .contains("kube-system");
    }

    @Test
    void argoCDInAnotherNamespaceGetsInThroughTheServiceUntilTheSandboxIsDeleted() {
        String namespace = BED.namespace("outputs");
        Sandbox sandbox = Sandbox.apply(
                        BED,
                        namespace,
                        "demo",
                        "outputs: {argoCD: {enabled: true, namespace: " + Testbed.ARGO_CD + "}}")
                .awaitReady();
        sandbox.awaitReason("OutputsReady", "OutputsWritten");
        String name = "demo." + namespace + "-argocd";

        Secret secret = argoCDs(name);
        String host = "demo." + namespace + ".svc";
        assertThat(Sandbox.value(secret, "server")).isEqualTo("https://" + host + ":443");
        // Names of Services are known to pods alone.
        String clusterIp = BED.client()
                .services()
                .inNamespace(namespace)
                .withName("demo")
                .get()
                .getSpec()
                .getClusterIP();
        assertThat(namespaces(likeArgoCD(secret, "https://" + clusterIp + ":443", host)))
                .contains("kube-system");

        sandbox.delete();
        await().atMost(Duration.ofSeconds(20)).until(() -> argoCDs(name) == null);
    }

    @Test
    void theSingleValuesAreEnough() {
        Secret secret = used().secret("-kubeconfig");

        assertThat(Bed.kubectl(
                                Path.of("/dev/null"),
                                "get",
                                "namespaces",
                                "--server=" + Sandbox.value(secret, "server"),
                                "--tls-server-name=" + Sandbox.value(secret, "tls-server-name"),
                                "--certificate-authority=" + Sandbox.write(Sandbox.value(secret, "ca.crt")),
                                "--client-certificate=" + Sandbox.write(Sandbox.value(secret, "client.crt")),
                                "--client-key=" + Sandbox.write(Sandbox.value(secret, "client.key")))
                        .run()
                        .ok())
                .contains("kube-system");
    }

    @Test
    void whoMayNotReadSecretsNeedsNoMoreThanTheCertificateAuthorityAndAToken() {
        Sandbox sandbox = used();
        String token = sandbox.kubectl("create", "token", "default").run().ok();
        String authority = BED.kubectl(
                        "get",
                        "configmap",
                        "demo-ca",
                        "--namespace=" + sandbox.namespace(),
                        "--output=jsonpath={.data.ca\\.crt}")
                .run()
                .ok();

        assertThat(Bed.kubectl(
                                Path.of("/dev/null"),
                                "auth",
                                "whoami",
                                "--server=" + sandbox.status().endpoint(),
                                "--certificate-authority=" + Sandbox.write(authority),
                                "--tls-server-name=kubernetes.default.svc",
                                "--token=" + token)
                        .run()
                        .ok())
                .contains("system:serviceaccount:default:default");
    }

    @Test
    void suspendedItIsStillKnown() {
        Sandbox sandbox = Sandbox.apply(
                BED,
                BED.namespace("outputs"),
                "demo",
                "operatingMode: Suspended, outputs: {argoCD: {enabled: true}, caConfigMap: {enabled: true}}");

        sandbox.awaitReason("Suspended");
        sandbox.awaitReason("OutputsReady", "OutputsWritten");
        assertThat(sandbox.secret("-argocd").getData()).containsKeys("name", "server", "config");
    }

    private static String namespaces(Path kubeconfig) {
        return Bed.kubectl(kubeconfig, "get", "namespaces").run().ok();
    }

    private static Secret argoCDs(String name) {
        return BED.client()
                .secrets()
                .inNamespace(Testbed.ARGO_CD)
                .withName(name)
                .get();
    }

    /**
     * What Argo CD makes of such a Secret (argo-cd, Cluster.RawRestConfig).
     *
     * @param name to verify where Argo CD would verify that in the URL; null: that, or what the Secret says
     */
    private static Path likeArgoCD(Secret secret, String server, String name) {
        JsonNode tls = Serialization.unmarshal(Sandbox.value(secret, "config"), JsonNode.class)
                .get("tlsClientConfig");
        assertThat(tls.get("insecure").asBoolean()).isFalse();
        String verified = name != null ? name : tls.path("serverName").asText();
        return Sandbox.write("""
                apiVersion: v1
                kind: Config
                clusters:
                  - name: c
                    cluster: {server: "%s", tls-server-name: "%s", certificate-authority-data: %s}
                users:
                  - name: u
                    user: {client-certificate-data: %s, client-key-data: %s}
                contexts:
                  - name: x
                    context: {cluster: c, user: u}
                current-context: x
                """.formatted(
                        server,
                        verified,
                        tls.get("caData").asText(),
                        tls.get("certData").asText(),
                        tls.get("keyData").asText()));
    }
}
