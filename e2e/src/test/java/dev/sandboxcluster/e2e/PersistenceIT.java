package dev.sandboxcluster.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is on a volume outlives the pod, its process, the operator and, if the user wants it, the SandboxCluster. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PersistenceIT {

    private static final String PERSISTENT = "storage: {type: Persistent}, expose: {type: NodePort}";
    private static final int OF_EACH_KIND = 20;
    /** The operator writes when nobody has for 20 s, and looks every 10 s: that makes up to 45 s. */
    private static final Duration UNTIL_SEEN = Duration.ofSeconds(90);

    private static final String KIND = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {plural: widgets, singular: widget, kind: Widget}
              versions:
              - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
            """;

    private static final String OBJECTS = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: team-%1$d}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings-%1$d, namespace: default}
            data: {number: "%1$d"}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: secret-%1$d, namespace: default}
            stringData: {number: "%1$d"}
            ---
            apiVersion: example.com/v1
            kind: Widget
            metadata: {name: widget-%1$d, namespace: default}
            """;

    private static final String KINDS =
            "namespaces,configmaps,secrets,serviceaccounts,services,customresourcedefinitions,widgets";

    @RegisterExtension
    static final Testbed BED = new Testbed();

    /** With objects, for all scenarios that leave it as it was. */
    private Sandbox filled;

    private String namespace;

    /**
     * What must be the same whatever happens to the pod.
     *
     * @param objects kind, namespace, name and UID of each
     * @param endpoint that the sandbox's own Service {@code kubernetes} leads to
     * @param servingNames of the API server's certificate
     */
    private record Lasting(
            List<String> objects,
            String endpoint,
            List<String> servingNames,
            String caHash,
            Map<String, String> kubeconfig) {

        static Lasting of(Sandbox sandbox) {
            return new Lasting(
                    objectsIn(sandbox),
                    sandbox.kubectl(
                                    "get",
                                    "endpointslice",
                                    "kubernetes",
                                    "--output=jsonpath={.endpoints[*].addresses[*]}:{.ports[*].port}")
                            .run()
                            .ok(),
                    ServerCertificate.at(sandbox.status().endpoint()).names(),
                    sandbox.status().caHash(),
                    sandbox.secret("-kubeconfig").getData());
        }
    }

    @BeforeEach
    void namespace() {
        namespace = BED.namespace("persistence");
    }

    @Test
    void thePodDeleted() {
        outlives(sandbox -> BED.kubectl("delete", "pod", "demo-0", "--namespace=" + sandbox.namespace())
                .run()
                .ok());
    }

    @Test
    void thePodDeletedByForce() {
        outlives(sandbox -> BED.kubectl(
                        "delete", "pod", "demo-0", "--namespace=" + sandbox.namespace(), "--force", "--grace-period=0")
                .run()
                .ok());
    }

    @Test
    void theProcessKilled() {
        outlives(sandbox -> BED.kubectl(
                        "exec", "--namespace=" + sandbox.namespace(), "demo-0", "--", "/bin/sh", "-c", "kill -9 -1")
                .run());
    }

    @Test
    void thePodDeletedWhileThereIsNoOperator() {
        outlives(sandbox -> BED.withoutOperator(() -> {
            Path kubeconfig = sandbox.kubeconfig();
            BED.kubectl("delete", "pod", "demo-0", "--namespace=" + sandbox.namespace())
                    .run()
                    .ok();
            await().atMost(Duration.ofMinutes(3))
                    .until(() -> Bed.kubectl(kubeconfig, "get", "namespace", "team-1")
                                    .run()
                                    .exitCode()
                            == 0);
        }));
    }

    @Test
    void aSuspension() {
        outlives(sandbox -> {
            sandbox.patch("{\"spec\": {\"operatingMode\": \"Suspended\"}}");
            sandbox.awaitReason("Suspended", "Suspended");
            assertThat(BED.kubectl("get", "pods", "--namespace=" + sandbox.namespace(), "--output=name")
                            .run()
                            .ok())
                    .isEmpty();
            sandbox.patch("{\"spec\": {\"operatingMode\": \"Running\"}}");
        });
    }

    @Test
    void aChangeOfVersion() {
        outlives(sandbox -> {
            sandbox.patch("{\"spec\": {\"version\": \"%s\"}}"
                    .formatted(BED.host().controlPlane().anotherTag()));
            sandbox.awaitReason("UpToDate", "ImageBeingTried");
            sandbox.awaitReason("UpToDate", "UpToDate");
        });
    }

    @Test
    void theSandboxsOwnEndpointIsTheServiceAndNotThePod() {
        Sandbox sandbox = filled();
        String endpoint = Lasting.of(sandbox).endpoint();
        String service = BED.client()
                .services()
                .inNamespace(sandbox.namespace())
                .withName("demo")
                .get()
                .getSpec()
                .getClusterIP();

        assertThat(endpoint).startsWith(service + ":");
        assertThat(ServerCertificate.at(sandbox.status().endpoint()).names()).contains(service);
    }

    @Test
    void aRetainedVolumeIsTakenUpByTheNextOfTheSameName() {
        String retained = "storage: {type: Persistent, retentionPolicy: Retain},"
                + " expose: {type: NodePort, nodePort: {port: 30032}}";
        Sandbox first = Sandbox.apply(BED, namespace, "demo", retained).awaitReady();
        addObjects(first);
        Path kubeconfig = first.kubeconfig();
        List<String> objects = objectsIn(first);
        String caHash = first.status().caHash();

        first.delete();
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                        BED.kubectl("get", "pods,services,statefulsets", "--namespace=" + namespace, "--output=name")
                                .run()
                                .ok())
                .doesNotContain("service/demo", "statefulset"));
        Sandbox second = Sandbox.apply(BED, namespace, "demo", retained).awaitReady();

        assertThat(objectsIn(second)).isEqualTo(objects);
        assertThat(second.status().caHash()).isEqualTo(caHash);
        Bed.kubectl(kubeconfig, "get", "namespace", "team-1").run().ok();
    }

    @Test
    void aStorageClassThatDoesNotExist() {
        Condition ready = Sandbox.apply(BED, namespace, "demo", "storage: {type: Persistent, storageClassName: none}")
                .awaitReason("StorageClassNotFound");

        assertThat(ready.getMessage()).contains("StorageClass none");
    }

    @Test
    void aVolumeThatRunsFull() {
        withAFullVolume(full ->
                assertThat(full.condition("Ready").orElseThrow().getMessage()).contains("storage.size"));
    }

    @Test
    @NeedsK3s("the stand-in's etcd ends where k3s goes on")
    void aVolumeThatRanFullAndHasRoomAgain() {
        withAFullVolume(full -> {
            inPod("rm", "/data/ballast").run().ok();
            full.awaitReady();
            assertThat(BED.client()
                            .pods()
                            .inNamespace(namespace)
                            .withName("demo-0")
                            .get()
                            .getStatus()
                            .getContainerStatuses()
                            .get(0)
                            .getRestartCount())
                    .isZero();
        });
    }

    @Test
    void aVolumeThatCannotGrowKeepsTheClusterUsable() {
        Sandbox grown = Sandbox.apply(BED, namespace, "demo", PERSISTENT).awaitReady();
        Sandbox.apply(BED, namespace, "demo", "storage: {type: Persistent, size: 3Gi}, expose: {type: NodePort}");

        Condition ready = grown.awaitReason("ExpansionRefused");
        assertThat(ready.getStatus()).isEqualTo("True");
        assertThat(ready.getMessage()).contains("allowVolumeExpansion");
        grown.kubectl("get", "namespaces").run().ok();
    }

    @Test
    void aClaimDeletedInUseIsSaidWhileTheObjectsCanBeSaved() {
        Sandbox doomed = Sandbox.apply(BED, namespace, "demo", PERSISTENT).awaitReady();
        BED.kubectl("delete", "persistentvolumeclaim", "demo-data", "--namespace=" + namespace, "--wait=false")
                .run()
                .ok();

        Condition ready = doomed.awaitReason("VolumeClaimTerminating");
        assertThat(ready.getStatus()).isEqualTo("True");
        doomed.kubectl("get", "namespaces").run().ok();
    }

    @Test
    void aLoadBalancersAddressIsTheClusters() {
        Sandbox balanced = Sandbox.apply(
                        BED, namespace, "demo", "storage: {type: Persistent}, expose: {type: LoadBalancer}")
                .awaitReady();
        String address = BED.client()
                .services()
                .inNamespace(namespace)
                .withName("demo")
                .get()
                .getStatus()
                .getLoadBalancer()
                .getIngress()
                .get(0)
                .getIp();
        Secret kubeconfig = balanced.secret("-kubeconfig");

        assertThat(Sandbox.value(kubeconfig, "server")).startsWith("https://" + address + ":");
        assertThat(Sandbox.value(kubeconfig, "value"))
                .contains("certificate-authority-data")
                .doesNotContain("insecure");
        balanced.kubectl("get", "namespaces").run().ok();
    }

    @Test
    void aLoadBalancerThatNobodyProvides() {
        Condition ready = Sandbox.apply(
                        BED,
                        namespace,
                        "demo",
                        "expose: {type: LoadBalancer, loadBalancer: {loadBalancerClass: example.com/none}}")
                .awaitReason("WaitingForAddress");

        assertThat(ready.getStatus()).isEqualTo("False");
        assertThat(ready.getMessage()).contains("take expose.type NodePort");
    }

    private void withAFullVolume(Consumer<Sandbox> scenario) {
        Bed.smallVolume("full", "192Mi").run().ok();
        try {
            Sandbox full = Sandbox.apply(
                            BED,
                            namespace,
                            "demo",
                            "storage: {type: Persistent, storageClassName: small, size: 192Mi},"
                                    + " expose: {type: NodePort}")
                    .awaitReady();
            Path kubeconfig = full.kubeconfig();
            // k3s that can't write its own files, as it does for a moment after its API is ready, ends.
            await().atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> full.kubectl("get", "deployment", "coredns", "--namespace=kube-system")
                            .run()
                            .ok());
            inPod("dd", "if=/dev/zero", "of=/data/ballast", "bs=64k").run();
            await().atMost(UNTIL_SEEN).untilAsserted(() -> {
                Bed.kubectl(
                                kubeconfig,
                                "create",
                                "configmap",
                                "--from-literal=text=" + "x".repeat(40_000),
                                "filler-" + System.nanoTime())
                        .run();
                assertThat(full.condition("Ready")).hasValueSatisfying(ready -> assertThat(ready.getReason())
                        .as(ready.getMessage())
                        .isEqualTo("VolumeFull"));
            });
            scenario.accept(full);
            full.delete();
        } finally {
            Bed.smallVolume("--remove", "full").run().ok();
        }
    }

    private Command inPod(String... command) {
        return BED.kubectl(
                Stream.concat(Stream.of("exec", "--namespace=" + namespace, "demo-0", "--"), Stream.of(command))
                        .toArray(String[]::new));
    }

    /** The user loses no object, and need not change anything: kubeconfig, tokens and names are as before. */
    private void outlives(Consumer<Sandbox> disturbance) {
        Sandbox sandbox = filled();
        // One that did not stand it is no good for the next.
        filled = null;
        Path kubeconfig = sandbox.kubeconfig();
        Path withToken = sandbox.kubeconfigWithToken(
                Bed.kubectl(kubeconfig, "create", "token", "default").run().ok().strip());
        Lasting before = Lasting.of(sandbox);
        assertThat(before.objects()).hasSizeGreaterThan(4 * OF_EACH_KIND);
        String started = sandbox.status().startedAt();

        disturbance.accept(sandbox);
        await().atMost(Duration.ofMinutes(3))
                .until(() -> !started.equals(sandbox.status().startedAt()));
        sandbox.awaitReady();

        assertThat(Lasting.of(sandbox)).isEqualTo(before);
        assertThat(sandbox.condition("ContentLost")).isEmpty();
        Bed.kubectl(kubeconfig, "get", "namespace", "team-1").run().ok();
        assertThat(Bed.kubectl(withToken, "auth", "whoami").run().ok())
                .contains("system:serviceaccount:default:default");
        filled = sandbox;
    }

    private Sandbox filled() {
        if (filled == null) {
            Sandbox sandbox = Sandbox.apply(BED, BED.lastingNamespace("persistence"), "demo", PERSISTENT)
                    .awaitReady();
            addObjects(sandbox);
            filled = sandbox;
        }
        return filled;
    }

    private static void addObjects(Sandbox sandbox) {
        sandbox.kubectl("apply", "--filename=" + Sandbox.write(KIND)).run().ok();
        sandbox.kubectl("wait", "--for=condition=Established", "crd/widgets.example.com", "--timeout=30s")
                .run()
                .ok();
        String objects = IntStream.rangeClosed(1, OF_EACH_KIND)
                .mapToObj(OBJECTS::formatted)
                .collect(Collectors.joining("---\n"));
        sandbox.kubectl("apply", "--filename=" + Sandbox.write(objects)).run().ok();
        // The controller manager adds to a new namespace what every namespace has.
        await().atMost(Duration.ofMinutes(2))
                .until(() -> objectsIn(sandbox).stream()
                                .filter(object -> object.matches("(ConfigMap|ServiceAccount) +team-.*"))
                                .count()
                        == 2 * OF_EACH_KIND);
    }

    /** But for what k3s remembers the supervisor's certificate by: that comes later. */
    private static List<String> objectsIn(Sandbox sandbox) {
        return sandbox.kubectl(
                        "get",
                        KINDS,
                        "--all-namespaces",
                        "--no-headers",
                        "--output=custom-columns=K:.kind,NS:.metadata.namespace,N:.metadata.name,U:.metadata.uid")
                .run()
                .ok()
                .lines()
                .filter(object -> !object.contains(" k3s-serving "))
                .sorted()
                .toList();
    }
}
