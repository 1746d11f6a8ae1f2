package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What goes wrong is said, with what to do; and what can mend itself does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultIT {

    @RegisterExtension
    static final Testbed BED = new Testbed();

    /** As good as new, for a scenario that takes it; null: none is. */
    private Sandbox healthy;

    private String namespace;

    @BeforeEach
    void namespace() {
        namespace = BED.namespace("fault");
    }

    /** Who leaves it as it was gives it back: {@link #healthy}. */
    private Sandbox takeHealthy() {
        Sandbox taken = healthy != null
                ? healthy
                : Sandbox.apply(BED, BED.lastingNamespace("fault"), "demo", "expose: {type: NodePort}");
        healthy = null;
        return taken.awaitReady();
    }

    @Test
    void anImageThatCannotBePulled() {
        Condition ready = Sandbox.apply(BED, namespace, "demo", "controlPlane: {image: 'example.invalid/k3s:v1'}")
                .awaitReason("ImagePullFailed");

        assertThat(ready.getMessage()).contains("example.invalid/k3s:v1", "controlPlane.image");
    }

    @Test
    void aMendedSpecReplacesAPodThatNeverStarted() {
        Sandbox.apply(BED, namespace, "demo", "controlPlane: {image: 'example.invalid/k3s:v1'}")
                .awaitReason("ImagePullFailed");

        Sandbox.apply(BED, namespace, "demo", "").awaitReady();
    }

    @Test
    void anImageThatCannotBePulledDoesNotTakeARunningClusterDown() {
        Sandbox sandbox = Sandbox.apply(BED, namespace, "demo", "expose: {type: NodePort}")
                .awaitReady();
        Path kubeconfig = sandbox.kubeconfig();
        String pod = sandbox.status().podUID();

        Sandbox.apply(
                BED, namespace, "demo", "expose: {type: NodePort}, controlPlane: {image: 'example.invalid/k3s:v1'}");
        assertThat(sandbox.awaitReason("UpToDate", "ImagePullFailed").getMessage())
                .contains("goes on with", "example.invalid/k3s:v1", "controlPlane.image");
        Bed.kubectl(kubeconfig, "create", "configmap", "kept").run().ok();

        Sandbox.apply(BED, namespace, "demo", "expose: {type: NodePort}").awaitReady();
        assertThat(sandbox.status().podUID()).isEqualTo(pod);
        Bed.kubectl(kubeconfig, "get", "configmap", "kept").run().ok();
        BED.kubectl("wait", "job", "--all", "--for=delete", "--namespace=" + namespace, "--timeout=110s")
                .run()
                .ok();
    }

    @Test
    void aRuntimeClassThatDoesNotExist() {
        Condition ready = Sandbox.apply(BED, namespace, "demo", "controlPlane: {runtimeClassName: kata}")
                .awaitReason("RuntimeClassNotFound");

        assertThat(ready.getMessage()).contains("RuntimeClass kata", "Install gVisor", "runtimeClassName: \"\"");
    }

    @Test
    void aPodThatNoNodeTakes() {
        Condition ready = Sandbox.apply(BED, namespace, "demo", "controlPlane: {nodeSelector: {disk: none}}")
                .awaitReason("Unschedulable");

        assertThat(ready.getMessage()).contains("nodeSelector", "didn't match Pod's node affinity/selector");
    }

    @Test
    void aQuotaThatIsUsedUp() {
        BED.kubectl("create", "quota", "small", "--namespace=" + namespace, "--hard=requests.memory=100Mi")
                .run()
                .ok();

        assertThat(Sandbox.apply(BED, namespace, "demo", "")
                        .awaitReason("QuotaExceeded")
                        .getMessage())
                .contains("exceeded quota: small");
    }

    @Test
    void aControlPlaneThatCrashesShowsItsLastLinesWithoutCredentials() {
        Sandbox sandbox = Sandbox.apply(BED, namespace, "demo", "controlPlane: {extraArgs: [--no-such-flag]}");
        Condition ready = sandbox.awaitReason("CrashLoop");

        assertThat(ready.getMessage()).contains("no-such-flag");
        String token = Sandbox.value(sandbox.secret("-pki"), "token");
        assertThat(BED.kubectl("get", "sbc", "demo", "--namespace=" + namespace, "--output=yaml")
                        .run()
                        .ok())
                .doesNotContain(token, token.substring(token.lastIndexOf(':') + 1), "PRIVATE KEY");
    }

    @Test
    void aNodePortThatIsTaken() {
        Sandbox.apply(BED, namespace, "first", "expose: {type: NodePort, nodePort: {port: 30031}}")
                .awaitReady();
        Sandbox second = Sandbox.apply(BED, namespace, "second", "expose: {type: NodePort, nodePort: {port: 30031}}");
        assertThat(second.awaitReason("NodePortUnavailable").getMessage()).contains("already allocated");

        BED.kubectl("delete", "sbc", "first", "--namespace=" + namespace).run().ok();
        second.awaitReady();
    }

    @Test
    void aKilledControlPlaneIsNoticedAndComesBackWithItsContent() {
        Sandbox sandbox = takeHealthy();
        Path kubeconfig = sandbox.kubeconfig();
        Bed.kubectl(kubeconfig, "create", "namespace", "kept").run().ok();
        String started = sandbox.status().startedAt();

        BED.kubectl("exec", "--namespace=" + sandbox.namespace(), "demo-0", "--", "/bin/sh", "-c", "kill -9 -1")
                .run();
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() ->
                        sandbox.condition("Ready").orElseThrow().getStatus().equals("False"));
        sandbox.awaitReady();

        assertThat(sandbox.status().startedAt()).isNotEqualTo(started);
        Bed.kubectl(kubeconfig, "get", "namespace", "kept").run().ok();
        assertThat(sandbox.condition("ContentLost")).isEmpty();
        healthy = sandbox;
    }

    @Test
    void aDeletedPodComesBackUnderTheSameKubeconfigAndItsLossIsSaid() {
        Sandbox sandbox = takeHealthy();
        Path kubeconfig = sandbox.kubeconfig();
        Bed.kubectl(kubeconfig, "create", "namespace", "lost").run().ok();

        BED.kubectl("delete", "pod", "demo-0", "--namespace=" + sandbox.namespace())
                .run()
                .ok();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> sandbox.condition("ContentLost").isPresent());
        sandbox.awaitReady();

        assertThat(sandbox.condition("ContentLost").orElseThrow().getReason()).isEqualTo("PodReplaced");
        assertThat(Bed.kubectl(kubeconfig, "get", "namespaces", "--output=name")
                        .run()
                        .ok())
                .contains("namespace/default")
                .doesNotContain("namespace/lost");
    }

    @Test
    void aDeletedKubeconfigComesBackAndWorks() {
        Sandbox sandbox = takeHealthy();
        String uid = sandbox.secret("-kubeconfig").getMetadata().getUid();
        BED.kubectl("delete", "secret", "demo-kubeconfig", "--namespace=" + sandbox.namespace())
                .run()
                .ok();

        await().atMost(Duration.ofSeconds(60)).until(() -> {
            Secret secret = sandbox.secret("-kubeconfig");
            return secret != null && !secret.getMetadata().getUid().equals(uid);
        });
        Bed.kubectl(sandbox.kubeconfig(), "get", "namespaces").run().ok();
        sandbox.awaitReady();
        healthy = sandbox;
    }

    @Test
    void lostKeysOfALiveClusterAreSaidAndTheClusterGoesOn() {
        Sandbox sandbox = takeHealthy();
        Path kubeconfig = sandbox.kubeconfig();
        Secret pki = sandbox.secret("-pki");
        BED.kubectl("delete", "secret", "demo-pki", "--namespace=" + sandbox.namespace())
                .run()
                .ok();

        Condition ready = sandbox.awaitReason("PKISecretMissing");
        assertThat(ready.getStatus()).isEqualTo("True");
        Bed.kubectl(kubeconfig, "get", "namespaces").run().ok();

        pki.getMetadata().setOwnerReferences(null);
        pki.getMetadata().setResourceVersion(null);
        pki.getMetadata().setUid(null);
        BED.client().resource(pki).create();
        sandbox.awaitReason("Available");
    }

    @Test
    void anOperatorKilledWhileASandboxStartsFinishesTheJob() {
        BED.alone(() -> {
            Sandbox sandbox = Sandbox.apply(BED, namespace, "demo", "expose: {type: NodePort}");
            killOperator();

            sandbox.awaitReady();
            Bed.kubectl(sandbox.kubeconfig(), "get", "namespaces").run().ok();
        });
    }

    @Test
    void anotherOperatorTakesOverWithinSeconds() {
        BED.alone(() -> {
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> operators().size() == 2 && operators().contains(leader()));
            String killed = leader();
            Sandbox sandbox = Sandbox.apply(BED, namespace, "demo", "expose: {type: NodePort}");
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> sandbox.secret("-pki") != null);
            BED.kubectl("delete", "pod", killed, "--namespace=" + HostCluster.SYSTEM, "--force", "--grace-period=0")
                    .run()
                    .ok();

            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> !leader().isEmpty() && !leader().equals(killed));
            sandbox.awaitReady();

            Bed.kubectl(sandbox.kubeconfig(), "get", "namespaces").run().ok();
            assertThat(sandbox.condition("ContentLost")).isEmpty();
        });
    }

    private static List<String> operators() {
        return BED
                .client()
                .pods()
                .inNamespace(HostCluster.SYSTEM)
                .withLabel("app.kubernetes.io/name", HostCluster.RELEASE)
                .list()
                .getItems()
                .stream()
                .map(pod -> pod.getMetadata().getName())
                .toList();
    }

    /** The pod that acts; empty: none. */
    private static String leader() {
        return BED.client()
                .leases()
                .inNamespace(HostCluster.SYSTEM)
                .withName(HostCluster.RELEASE)
                .get()
                .getSpec()
                .getHolderIdentity();
    }

    @Test
    void anOperatorThatStartsAgainChangesNothing() {
        Sandbox sandbox = takeHealthy();
        // The kubelet and the StatefulSet controller have news of their own to write.
        BED.kubectl("rollout", "status", "statefulset/demo", "--namespace=" + sandbox.namespace(), "--timeout=60s")
                .run()
                .ok();
        BED.alone(() -> {
            String before = versions(sandbox);
            killOperator();
            BED.kubectl(
                            "rollout",
                            "status",
                            "deployment/sandboxcluster-operator",
                            "--namespace=" + HostCluster.SYSTEM,
                            "--timeout=110s")
                    .run()
                    .ok();
            // It has seen all of its SandboxClusters once it has seen one that is new.
            Sandbox.apply(BED, BED.namespace("fault"), "newer", "").awaitReason("Starting");

            assertThat(versions(sandbox)).isEqualTo(before);
            assertThat(sandbox.condition("Ready").orElseThrow().getStatus()).isEqualTo("True");
        });
        healthy = sandbox;
    }

    private static String versions(Sandbox sandbox) {
        return BED.kubectl(
                        "get",
                        "sandboxclusters,secrets,configmaps,services,statefulsets,networkpolicies",
                        "--namespace=" + sandbox.namespace(),
                        "--output=custom-columns=N:.kind,M:.metadata.name,R:.metadata.resourceVersion")
                .run()
                .ok();
    }

    private static void killOperator() {
        BED.kubectl(
                        "delete",
                        "pod",
                        "--namespace=" + HostCluster.SYSTEM,
                        "--selector=app.kubernetes.io/name=" + HostCluster.RELEASE,
                        "--force",
                        "--grace-period=0")
                .run()
                .ok();
    }
}
