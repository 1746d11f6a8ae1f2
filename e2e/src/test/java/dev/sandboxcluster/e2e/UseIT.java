package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Apply one SandboxCluster, and use it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UseIT {

    private static final String EVERYTHING = """
            apiVersion: v1
            kind: Pod
            metadata: {name: first, namespace: default}
            spec: {containers: [{name: c, image: example.com/none}]}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: default}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: c, image: example.com/none}]}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings, namespace: default}
            data: {a: b}
            """;

    @RegisterExtension
    static final Testbed BED = new Testbed();

    /** For all scenarios that don't mind what others did with it. */
    private Sandbox used;

    private String namespace;

    @BeforeEach
    void namespace() {
        namespace = BED.namespace("use");
    }

    private Sandbox used() {
        if (used == null) {
            used = Sandbox.apply(BED, BED.lastingNamespace("use"), "demo", "expose: {type: NodePort}")
                    .awaitReady();
        }
        return used;
    }

    @Test
    void readyMeansThatTheFirstApplyOfAnythingWorks() {
        Sandbox sandbox = Sandbox.apply(BED, namespace, "demo", "expose: {type: NodePort}")
                .awaitReady();
        Path kubeconfig = sandbox.kubeconfig();

        Bed.kubectl(kubeconfig, "apply", "--filename=" + Sandbox.write(EVERYTHING))
                .run()
                .ok();
        assertThat(Bed.kubectl(kubeconfig, "version").run().ok())
                .contains("Server Version: " + sandbox.status().version());
        assertThat(BED.kubectl("get", "sbc", "demo", "--namespace=" + namespace)
                        .run()
                        .ok())
                .containsPattern("NAME +READY +REASON +VERSION +ENDPOINT +EXPIRES +USED-BY +AGE")
                .containsPattern("demo +True +Available +v1[^ ]+ +https://[0-9.]+:[0-9]+ ");
    }

    @Test
    void chartsAreInstalledFromOutside(@TempDir Path charts) {
        Path kubeconfig = used().kubeconfig();
        String chart = charts.resolve("hello").toString();

        Bed.helm(kubeconfig, "create", chart).run().ok();
        Bed.helm(kubeconfig, "install", "hello", chart).run().ok();
        assertThat(Bed.helm(kubeconfig, "list").run().ok()).contains("hello-0.1.0", "deployed");
        assertThat(Bed.kubectl(kubeconfig, "get", "deployment", "hello").run().ok())
                .contains("0/1");
        Bed.helm(kubeconfig, "uninstall", "hello").run().ok();
    }

    @Test
    void tlsIsVerifiedAndOneClustersKeyOpensNoOther() {
        Sandbox mine = used();
        Sandbox other = Sandbox.apply(BED, namespace, "demo", "expose: {type: NodePort}")
                .awaitReady();
        Secret secret = mine.secret("-kubeconfig");
        String kubeconfig = Sandbox.value(secret, "value");

        assertThat(kubeconfig).doesNotContain("insecure").contains("tls-server-name");
        Path misdirected = Sandbox.write(kubeconfig.replace(
                Sandbox.value(secret, "server"), Sandbox.value(other.secret("-kubeconfig"), "server")));
        assertThat(Bed.kubectl(misdirected, "get", "namespaces").run().errors())
                .contains("certificate signed by unknown authority");
        Path blind = Sandbox.write(Sandbox.value(other.secret("-kubeconfig"), "value")
                .replaceAll(
                        "client-certificate-data: .*",
                        "client-certificate-data: \"" + secret.getData().get("client.crt") + "\"")
                .replaceAll(
                        "client-key-data: .*",
                        "client-key-data: \"" + secret.getData().get("client.key") + "\""));
        assertThat(Bed.kubectl(blind, "get", "namespaces").run().errors())
                .containsAnyOf("Unauthorized", "must be logged in", "provide credentials");
    }

    @Test
    void aLeakedKubeconfigBecomesWorthlessAndNothingIsRestarted() {
        Sandbox sandbox = Sandbox.apply(BED, namespace, "demo", "expose: {type: NodePort}")
                .awaitReady();
        Path leaked = sandbox.kubeconfig();
        Bed.kubectl(leaked, "create", "namespace", "mine").run().ok();
        String before = container(sandbox);

        sandbox.annotate("sandboxcluster.dev/revoke-kubeconfig=now");

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        Bed.kubectl(leaked, "get", "namespaces").run().errors())
                .contains("(Forbidden)", "sandboxcluster:admin"));
        sandbox.awaitReason("CredentialsReady", "Published");
        sandbox.awaitReady();
        Bed.kubectl(sandbox.kubeconfig(), "get", "namespace", "mine").run().ok();
        assertThat(Bed.kubectl(sandbox.kubeconfig(), "auth", "can-i", "*", "*", "--all-namespaces")
                        .run()
                        .ok())
                .contains("yes");
        assertThat(container(sandbox)).isEqualTo(before);
    }

    @Test
    void othersHaveTheRightsThatTheirGroupWasGiven() {
        Sandbox sandbox = Sandbox.apply(
                        BED,
                        namespace,
                        "demo",
                        "expose: {type: NodePort}, kubeconfig: {additional: [{name: guest, groups: [readers]}]}")
                .awaitReady();
        Path guest = Sandbox.write(Sandbox.value(sandbox.secret("-kubeconfig-guest"), "value"));
        assertThat(Bed.kubectl(guest, "get", "pods").run().errors()).contains("(Forbidden)", "\"guest\"");

        sandbox.kubectl("create", "clusterrolebinding", "readers", "--clusterrole=view", "--group=readers")
                .run()
                .ok();

        await().atMost(Duration.ofMinutes(2))
                .until(() -> Bed.kubectl(guest, "get", "pods").run().exitCode() == 0);
        assertThat(Bed.kubectl(guest, "create", "namespace", "mine").run().errors())
                .contains("(Forbidden)");
    }

    private static String container(Sandbox sandbox) {
        return BED.kubectl(
                        "get",
                        "pod",
                        "demo-0",
                        "--namespace=" + sandbox.namespace(),
                        "--output=jsonpath={.status.containerStatuses[*].containerID}")
                .run()
                .ok();
    }

    @Test
    void theAddressIsInTheCertificateForClientsThatAskForNoOtherName() {
        Sandbox sandbox = used();
        Path kubeconfig = sandbox.kubeconfig();

        // As the scripts of Kubernetes's own tests do; to kubectl that means: no tls-server-name.
        Bed.kubectl(kubeconfig, "--server=" + sandbox.status().endpoint(), "get", "namespaces")
                .run()
                .ok();
        try (KubernetesClient java = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(Sandbox.value(sandbox.secret("-kubeconfig"), "value")))
                .build()) {
            assertThat(java.namespaces().withName("default").get()).isNotNull();
        }
        assertThat(ServerCertificate.at(sandbox.status().endpoint()).names())
                .contains("demo." + sandbox.namespace() + ".svc", clusterIp(sandbox));
        assertThat(Bed.kubectl(
                                kubeconfig,
                                "config",
                                "view",
                                "--output=jsonpath={.contexts[*].name} {.clusters[*].name} {.users[*].name}")
                        .run()
                        .ok())
                .isEqualTo("demo demo-cluster demo-admin");
    }

    private static String clusterIp(Sandbox sandbox) {
        return BED.client()
                .services()
                .inNamespace(sandbox.namespace())
                .withName("demo")
                .get()
                .getSpec()
                .getClusterIP();
    }

    @Test
    void reachedByServiceNameFromPodsOfTheHostCluster() {
        Sandbox sandbox = Sandbox.apply(BED, namespace, "demo", "").awaitReady();

        assertThat(sandbox.status().endpoint()).isEqualTo("https://demo." + namespace + ".svc:443");
        assertThat(Sandbox.value(sandbox.secret("-kubeconfig"), "value")).doesNotContain("tls-server-name");
    }

    @Test
    void reachedUnderTheNameTheUserGives() {
        // localhost is in every k3s certificate; the test bed's NodePorts do not listen there, so an address does.
        String node = BED.client().nodes().list().getItems().get(0).getStatus().getAddresses().stream()
                .filter(address -> address.getType().equals("InternalIP"))
                .findFirst()
                .orElseThrow()
                .getAddress();
        Sandbox sandbox = Sandbox.apply(
                        BED,
                        namespace,
                        "demo",
                        "expose: {type: NodePort, nodePort: {port: 30033, hostName: " + node + "}}")
                .awaitReady();

        assertThat(sandbox.status().endpoint()).isEqualTo("https://" + node + ":30033");
        assertThat(Sandbox.value(sandbox.secret("-kubeconfig"), "value")).doesNotContain("tls-server-name");
        Bed.kubectl(sandbox.kubeconfig(), "get", "namespaces").run().ok();
    }

    @Test
    void podsStayPendingAndCoreDnsIsThere() {
        Path kubeconfig = used().kubeconfig();

        Bed.kubectl(
                        kubeconfig,
                        "wait",
                        "--namespace=kube-system",
                        "--for=create",
                        "deployment/coredns",
                        "--timeout=60s")
                .run()
                .ok();
        Bed.kubectl(kubeconfig, "apply", "--filename=" + Sandbox.write(EVERYTHING))
                .run()
                .ok();
        Bed.kubectl(
                        kubeconfig,
                        "wait",
                        "--for=jsonpath={.status.conditions[?(@.type==\"PodScheduled\")].reason}=Unschedulable",
                        "pod/first",
                        "--timeout=60s")
                .run()
                .ok();
    }

    @Test
    void thePodIsIsolatedAndHasNoPower() {
        String where = used().namespace();
        Pod pod = BED.client().pods().inNamespace(where).withName("demo-0").get();

        assertThat(pod.getSpec().getRuntimeClassName()).isEqualTo("gvisor");
        assertThat(BED.kubectl("exec", "--namespace=" + where, "demo-0", "--", "dmesg")
                        .run()
                        .ok())
                .contains("Starting gVisor");
        assertThat(BED.kubectl("exec", "--namespace=" + where, "demo-0", "--", "id", "-u")
                        .run()
                        .ok()
                        .strip())
                .isEqualTo("65532");
        assertThat(BED.kubectl("exec", "--namespace=" + where, "demo-0", "--", "ls", "/var/run/secrets/kubernetes.io")
                        .run()
                        .exitCode())
                .isNotZero();
    }

    @Test
    void deletedWithoutItsObjectsItIsTheSameOnceItIsAppliedAgain() {
        Sandbox sandbox = Sandbox.apply(BED, namespace, "demo", "expose: {type: NodePort}")
                .awaitReady();
        Path kubeconfig = sandbox.kubeconfig();
        Bed.kubectl(kubeconfig, "create", "configmap", "mine").run().ok();
        String pod = podUid();

        BED.kubectl("delete", "sbc", "demo", "--namespace=" + namespace, "--cascade=orphan")
                .run()
                .ok();
        Sandbox.apply(BED, namespace, "demo", "expose: {type: NodePort}").awaitReady();

        assertThat(podUid()).isEqualTo(pod);
        Bed.kubectl(kubeconfig, "get", "configmap", "mine").run().ok();
        leavesNothingBehind();
    }

    private String podUid() {
        return BED.client()
                .pods()
                .inNamespace(namespace)
                .withName("demo-0")
                .get()
                .getMetadata()
                .getUid();
    }

    @Test
    void deletedItLeavesNothingBehindWithinSeconds() {
        Sandbox.apply(BED, namespace, "demo", "expose: {type: NodePort}").awaitReady();

        leavesNothingBehind();
    }

    private void leavesNothingBehind() {
        BED.kubectl("delete", "sbc", "demo", "--namespace=" + namespace)
                .run(Duration.ofSeconds(60))
                .ok();
        // The pod alone may take 10 s to end.
        org.awaitility.Awaitility.await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> assertThat(BED.kubectl(
                                "get",
                                "all,secrets,configmaps,networkpolicies,sandboxclusters,persistentvolumeclaims",
                                "--namespace=" + namespace,
                                "--output=name")
                        .run()
                        .ok()
                        .lines()
                        .filter(object -> !object.equals("configmap/kube-root-ca.crt")))
                .isEmpty());
    }
}
