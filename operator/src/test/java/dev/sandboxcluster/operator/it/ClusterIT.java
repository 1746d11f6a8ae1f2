package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.credentials.ClientCertificatePolicy;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reconciler on a real API server, with the permissions that the chart gives it. */
class ClusterIT {

    @RegisterExtension
    static final HostCluster HOST = new HostCluster();

    private static final String WORKERS =
            "workers: {external: {enabled: true}}, storage: {type: Persistent, storageClassName: fast}";

    private Sandboxes sandboxes;
    private RunningOperator operator;

    @BeforeEach
    void start() {
        HOST.runtimeClass("gvisor");
        sandboxes = new Sandboxes(HOST.admin(), HOST.namespace());
        operator = RunningOperator.start(HOST);
    }

    @AfterEach
    void stop() {
        HOST.admin()
                .resources(SandboxCluster.class)
                .inNamespace(sandboxes.namespace())
                .delete();
        operator.close();
    }

    @Test
    void everyObjectIsWrittenAndOwned() {
        sandboxes.apply("demo", "");

        Stream.of(
                        sandboxes.awaitObject(Secret.class, "demo-pki"),
                        sandboxes.awaitObject(Secret.class, "demo-kubeconfig"),
                        sandboxes.awaitObject(ConfigMap.class, "demo-config"),
                        sandboxes.awaitObject(Service.class, "demo"),
                        sandboxes.awaitObject(NetworkPolicy.class, "demo"),
                        sandboxes.awaitObject(StatefulSet.class, "demo"))
                .forEach(object -> assertThat(object.getMetadata().getOwnerReferences())
                        .singleElement()
                        .satisfies(owner -> assertThat(owner.getUid())
                                .isEqualTo(sandboxes.get("demo").getMetadata().getUid())));
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
    }

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
    void sameNameInTwoNamespaces() {
        Sandboxes others = new Sandboxes(HOST.admin(), HOST.namespace());
        sandboxes.apply("demo", "");
        others.apply("demo", "");

        Secret mine = sandboxes.awaitObject(Secret.class, "demo-pki");
        Secret theirs = others.awaitObject(Secret.class, "demo-pki");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        others.awaitReason("demo", "Ready", "PodPending");
        assertThat(mine.getData().values())
                .doesNotContainAnyElementsOf(theirs.getData().values());
    }

    @Test
    void withoutTheRuntimeClassNothingIsStartedUntilItIsThere() {
        sandboxes.apply("demo", "controlPlane: {runtimeClassName: later}");

        assertThat(sandboxes
                        .awaitReason("demo", "Ready", "RuntimeClassNotFound")
                        .getMessage())
                .contains("Install gVisor", "controlPlane.runtimeClassName: \"\"");
        assertThat(sandboxes.object(StatefulSet.class, "demo").get()).isNull();

        HOST.runtimeClass("later");
        sandboxes.awaitObject(StatefulSet.class, "demo");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
    }

    @Test
    void withoutIsolationWhereTheUserSaysSo() {
        sandboxes.apply("demo", "controlPlane: {runtimeClassName: ''}");

        assertThat(sandboxes
                        .awaitObject(StatefulSet.class, "demo")
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getRuntimeClassName())
                .isNull();
    }

    @Test
    void aForeignKubeconfigSecretIsLeftAlone() {
        Secret foreign = HOST.admin().resource(foreignSecret("demo-kubeconfig")).create();
        sandboxes.apply("demo", "");

        assertThat(sandboxes.awaitReason("demo", "Ready", "SecretConflict").getMessage())
                .contains("Secret demo-kubeconfig", "left alone");
        assertThat(sandboxes.object(Secret.class, "demo-kubeconfig").get()).isEqualTo(foreign);

        sandboxes.object(Secret.class, "demo-kubeconfig").delete();
        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
    }

    @Test
    void aForeignPkiSecretIsLeftAlone() {
        Secret foreign = HOST.admin().resource(foreignSecret("demo-pki")).create();
        sandboxes.apply("demo", "");

        sandboxes.awaitReason("demo", "Ready", "NameConflict");
        assertThat(sandboxes.object(Secret.class, "demo-pki").get()).isEqualTo(foreign);
        assertThat(sandboxes.object(StatefulSet.class, "demo").get()).isNull();
    }

    @Test
    void aForeignServiceIsLeftAlone() {
        Service foreign = HOST.admin()
                .resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName("demo")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .withNewSpec()
                        .addNewPort()
                        .withPort(80)
                        .endPort()
                        .endSpec()
                        .build())
                .create();
        sandboxes.apply("demo", "");

        assertThat(sandboxes.awaitReason("demo", "Ready", "NameConflict").getMessage())
                .contains("Service demo");
        assertThat(sandboxes.object(Service.class, "demo").get()).isEqualTo(foreign);
    }

    @Test
    void aNodePortThatIsTakenIsSaidAndTakenWhenItGetsFree() {
        sandboxes.apply("first", "expose: {type: NodePort, nodePort: {port: 30123, hostName: nodes.example.com}}");
        Secret first = sandboxes.awaitObject(Secret.class, "first-kubeconfig");
        assertThat(Sandboxes.value(first, "server")).isEqualTo("https://nodes.example.com:30123");

        sandboxes.apply("second", "expose: {type: NodePort, nodePort: {port: 30123}}");
        assertThat(sandboxes
                        .awaitReason("second", "Ready", "NodePortUnavailable")
                        .getMessage())
                .contains("provided port is already allocated", "choose another");

        sandboxes.object(SandboxCluster.class, "first").delete();
        sandboxes.object(Service.class, "first").delete();
        sandboxes.awaitReason("second", "Ready", "PodPending");
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

    @Test
    void anObjectThatWasEditedIsRestored() {
        sandboxes.apply("demo", "");
        sandboxes.awaitObject(NetworkPolicy.class, "demo");
        sandboxes.object(NetworkPolicy.class, "demo").edit(policy -> {
            policy.getSpec().getPolicyTypes().remove("Egress");
            return policy;
        });

        sandboxes.awaitObject(NetworkPolicy.class, "demo", policy -> policy.getSpec()
                .getPolicyTypes()
                .contains("Egress"));
    }

    @Test
    void aClusterKeepsItsImageWhenTheDefaultChanges() {
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        operator.close();
        operator = RunningOperator.start(HOST, Map.of("CONTROL_PLANE_VERSION", "v1.34.1-k3s1"));
        sandboxes.apply("newer", "");

        assertThat(image(sandboxes.awaitObject(StatefulSet.class, "newer"))).isEqualTo("rancher/k3s:v1.34.1-k3s1");
        assertThat(image(sandboxes.awaitObject(StatefulSet.class, "demo"))).isEqualTo("rancher/k3s:v1.33.5-k3s1");
    }

    @Test
    void anOperatorThatStartsAgainWritesNothing() {
        sandboxes.apply("one", "");
        sandboxes.apply("two", "expose: {type: NodePort}, tlsSANs: [a.example.com]");
        sandboxes.apply("kept", "storage: {type: Persistent, storageClassName: fast, retentionPolicy: Retain}");
        sandboxes.apply(
                "three",
                "expose: {type: NodePort, nodePort: {port: 30456, hostName: 10.0.0.1}},"
                        + " controlPlane: {resources: {limits: {memory: 2048Mi, cpu: 1000m}}, tolerations: [{operator: Exists}]}");
        List.of("one", "two", "three", "kept").forEach(name -> sandboxes.awaitReason(name, "Ready", "PodPending"));
        operator.close();
        int writes = HOST.writes().size();

        operator = RunningOperator.start(HOST);
        // The last SandboxCluster to be reconciled is a new one.
        sandboxes.apply("four", "");
        sandboxes.awaitReason("four", "Ready", "PodPending");

        assertThat(HOST.writes().stream().skip(writes))
                .isNotEmpty()
                .allMatch(line -> line.contains("\"four") || line.contains("/four"));
    }

    @Test
    void killedAtEveryWriteItComesToTheSameResult() throws InterruptedException {
        operator.close();
        boolean finished = false;
        for (int writes = 0; !finished; writes++) {
            String name = "killed-at-" + writes;
            sandboxes.apply(name, "expose: {type: NodePort, nodePort: {hostName: nodes.example.com}}");
            RunningOperator.Death death = new RunningOperator.Death(writes);
            try (RunningOperator dying = RunningOperator.dyingAtWrite(HOST, death)) {
                finished = !death.await(3);
            }
            try (RunningOperator successor = RunningOperator.start(HOST)) {
                sandboxes.awaitReason(name, "Ready", "PodPending");
                sandboxes.awaitObject(StatefulSet.class, name);
                Secret pki = sandboxes.awaitObject(Secret.class, name + "-pki");
                Secret kubeconfig = sandboxes.awaitObject(Secret.class, name + "-kubeconfig");
                assertThat(Sandboxes.value(kubeconfig, "ca.crt")).isEqualTo(Sandboxes.value(pki, "server-ca.crt"));
                assertThat(Sandboxes.value(pki, "token"))
                        .startsWith("K10" + sandboxes.get(name).getStatus().caHash() + "::server:");
            }
            assertThat(writes).isLessThan(20);
        }
        operator = RunningOperator.start(HOST);
    }

    @Test
    void twoOperatorsAtOnceShowNoFailure() {
        Queue<String> reasons = new ConcurrentLinkedQueue<>();
        try (RunningOperator second = RunningOperator.start(HOST);
                var watch = HOST.admin()
                        .resources(SandboxCluster.class)
                        .inNamespace(sandboxes.namespace())
                        .watch(new Watcher<SandboxCluster>() {
                            @Override
                            public void eventReceived(Action action, SandboxCluster cluster) {
                                Stream.ofNullable(cluster.getStatus())
                                        .flatMap(status -> status.conditions().stream())
                                        .forEach(condition -> reasons.add(condition.getReason()));
                            }

                            @Override
                            public void onClose(WatcherException cause) {}
                        })) {
            for (int i = 0; i < 10; i++) {
                sandboxes.apply("shared-" + i, "");
            }
            for (int i = 0; i < 10; i++) {
                sandboxes.awaitReason("shared-" + i, "Ready", "PodPending");
            }
        }

        assertThat(reasons)
                .isNotEmpty()
                .isSubsetOf("PodPending", "Published", "ControlPlaneNotRunning", "WaitingForEndpoint");
    }

    @Test
    void aSuccessorOfTheSameNameWaitsForTheOldObjectsToGo() {
        sandboxes.apply("demo", "");
        Secret old = sandboxes.awaitObject(Secret.class, "demo-pki");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        sandboxes.object(SandboxCluster.class, "demo").delete();
        sandboxes.apply("demo", "");

        assertThat(sandboxes.awaitReason("demo", "Ready", "Creating").getMessage())
                .contains("deleted SandboxCluster of the same name");

        // What the garbage collector would do.
        collect("demo");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        Secret fresh = sandboxes.awaitObject(Secret.class, "demo-pki");
        assertThat(fresh.getData()).isNotEqualTo(old.getData());
    }

    @Test
    void aPersistentClusterHasAVolume() {
        sandboxes.apply("demo", "storage: {type: Persistent, size: 3Gi, storageClassName: fast}");

        PersistentVolumeClaim claim = sandboxes.awaitObject(PersistentVolumeClaim.class, "demo-data");
        assertThat(claim.getMetadata().getOwnerReferences()).hasSize(1);
        assertThat(claim.getSpec().getStorageClassName()).isEqualTo("fast");
        assertThat(claim.getSpec().getResources().getRequests()).containsEntry("storage", new Quantity("3Gi"));
        StatefulSet statefulSet = sandboxes.awaitObject(StatefulSet.class, "demo");
        assertThat(statefulSet
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .get(0)
                        .getArgs())
                .contains("--node-ip="
                        + sandboxes.awaitObject(Service.class, "demo").getSpec().getClusterIP());
        sandboxes.awaitReason("demo", "StorageReady", "VolumePending");
        assertThat(sandboxes.get("demo").getStatus().volumeClaimName()).isEqualTo("demo-data");
    }

    @Test
    void withoutADefaultStorageClassItSaysSo() {
        sandboxes.apply("demo", "storage: {type: Persistent}");

        assertThat(sandboxes
                        .awaitReason("demo", "StorageReady", "StorageClassNotFound")
                        .getMessage())
                .contains("no default StorageClass");
        sandboxes.awaitReason("demo", "Ready", "StorageClassNotFound");
    }

    @Test
    void whatWasRetainedIsTakenUpAgain() {
        sandboxes.apply("demo", "storage: {type: Persistent, storageClassName: fast, retentionPolicy: Retain}");
        sandboxes.awaitReason("demo", "StorageReady", "VolumePending");
        PersistentVolumeClaim claim = sandboxes.awaitObject(PersistentVolumeClaim.class, "demo-data");
        Secret pki = sandboxes.awaitObject(Secret.class, "demo-pki");
        assertThat(claim.getMetadata().getOwnerReferences()).isEmpty();
        assertThat(pki.getMetadata().getOwnerReferences()).isEmpty();

        sandboxes.object(SandboxCluster.class, "demo").delete();
        sandboxes.apply("demo", "storage: {type: Persistent}");
        sandboxes.awaitReason("demo", "Ready", "Creating");
        collectAllButKept("demo");

        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
        assertThat(sandboxes.object(Secret.class, "demo-pki").get().getData()).isEqualTo(pki.getData());
        PersistentVolumeClaim same =
                sandboxes.awaitObject(PersistentVolumeClaim.class, "demo-data", now -> !now.getMetadata()
                        .getOwnerReferences()
                        .isEmpty());
        assertThat(same.getMetadata().getUid()).isEqualTo(claim.getMetadata().getUid());
        sandboxes.awaitObject(Secret.class, "demo-pki", now -> !now.getMetadata()
                .getOwnerReferences()
                .isEmpty());
    }

    @Test
    void aRetainedVolumeWithoutItsKeysIsNotGivenOthers() {
        sandboxes.apply("demo", "storage: {type: Persistent, storageClassName: fast, retentionPolicy: Retain}");
        sandboxes.awaitReason("demo", "StorageReady", "VolumePending");
        String caHash = sandboxes.get("demo").getStatus().caHash();
        sandboxes.object(SandboxCluster.class, "demo").delete();
        sandboxes.object(Secret.class, "demo-pki").delete();
        sandboxes.apply("demo", "storage: {type: Persistent}");
        sandboxes.awaitReason("demo", "Ready", "Creating");
        collectAllButKept("demo");

        assertThat(sandboxes.awaitReason("demo", "Ready", "PKISecretMissing").getMessage())
                .contains(caHash);
        assertThat(sandboxes.object(StatefulSet.class, "demo").get()).isNull();
    }

    @Test
    void retentionCanBeChosenLater() {
        sandboxes.apply("demo", "storage: {type: Persistent}");
        sandboxes.awaitObject(PersistentVolumeClaim.class, "demo-data");
        sandboxes.awaitReason("demo", "CredentialsReady", "Published");

        sandboxes.apply("demo", "storage: {type: Persistent, retentionPolicy: Retain}");
        sandboxes.awaitObject(PersistentVolumeClaim.class, "demo-data", claim -> claim.getMetadata()
                .getOwnerReferences()
                .isEmpty());
        sandboxes.awaitObject(Secret.class, "demo-pki", pki -> pki.getMetadata()
                .getOwnerReferences()
                .isEmpty());
    }

    @Test
    void aForeignClaimIsLeftAlone() {
        PersistentVolumeClaim foreign = HOST.admin()
                .resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withName("demo-data")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .withNewSpec()
                        .withAccessModes("ReadWriteOnce")
                        .withNewResources()
                        .addToRequests("storage", new Quantity("1Gi"))
                        .endResources()
                        .endSpec()
                        .build())
                .create();
        sandboxes.apply("demo", "storage: {type: Persistent}");

        assertThat(sandboxes.awaitReason("demo", "Ready", "NameConflict").getMessage())
                .contains("PersistentVolumeClaim demo-data");
        assertThat(sandboxes.object(PersistentVolumeClaim.class, "demo-data").get())
                .isEqualTo(foreign);
    }

    @Test
    void aLoadBalancersAddressIsPublishedWhenItIsThere() {
        sandboxes.apply("demo", "expose: {type: LoadBalancer, loadBalancer: {annotations: {example.com/pool: a}}}");

        Service service = sandboxes.awaitObject(Service.class, "demo");
        assertThat(service.getSpec().getType()).isEqualTo("LoadBalancer");
        assertThat(service.getMetadata().getAnnotations()).containsEntry("example.com/pool", "a");
        assertThat(sandboxes
                        .awaitReason("demo", "CredentialsReady", "WaitingForAddress")
                        .getMessage())
                .contains("no load balancer");
        sandboxes.awaitObject(StatefulSet.class, "demo");

        balance("demo", "192.0.2.9", null);
        assertThat(Sandboxes.value(sandboxes.awaitObject(Secret.class, "demo-kubeconfig"), "server"))
                .isEqualTo("https://192.0.2.9:443");
    }

    @Test
    void withWorkersTheControlPlaneWaitsForItsAddress() {
        sandboxes.apply("demo", WORKERS + ", expose: {type: LoadBalancer}");

        assertThat(sandboxes.awaitReason("demo", "Ready", "WaitingForAddress").getMessage())
                .contains("take expose.type NodePort");
        balance("demo", null, "lb.example.com");
        assertThat(sandboxes
                        .awaitReason("demo", "Ready", "LoadBalancerWithoutIP")
                        .getMessage())
                .contains("lb.example.com");
        assertThat(sandboxes.object(StatefulSet.class, "demo").get()).isNull();

        balance("demo", "192.0.2.9", null);
        assertThat(arguments(sandboxes.awaitObject(StatefulSet.class, "demo")))
                .contains("--tls-san=192.0.2.9", "--egress-selector-mode=cluster", "--flannel-backend=vxlan");
    }

    @Test
    void turningWorkersOnIsAnnounced() {
        sandboxes.apply("demo", "storage: {type: Persistent, storageClassName: fast}");
        sandboxes.awaitReason("demo", "Ready", "PodPending");

        sandboxes.apply("demo", WORKERS + ", expose: {type: NodePort, nodePort: {hostName: 192.0.2.1}}");
        sandboxes.awaitObject(
                StatefulSet.class, "demo", changed -> arguments(changed).contains("--tls-san=192.0.2.1"));
        assertThat(HOST.admin()
                        .v1()
                        .events()
                        .inNamespace(sandboxes.namespace())
                        .withField("reason", "ControlPlaneRestarting")
                        .list()
                        .getItems())
                .singleElement()
                .satisfies(event -> assertThat(event.getMessage()).contains("--flannel-backend=vxlan"));
    }

    @Test
    void addressRangesThatOverlapTheHostClustersAreNamed() {
        operator.close();
        operator = RunningOperator.start(HOST, Map.of("HOST_CIDRS", "10.52.7.0/24"));
        sandboxes.apply("demo", WORKERS + ", expose: {type: NodePort, nodePort: {hostName: 192.0.2.1}}");

        assertThat(sandboxes.awaitReason("demo", "WorkersReady", "CIDROverlap").getMessage())
                .contains("network.podCIDR 10.52.0.0/16 overlaps 10.52.7.0/24");
    }

    private void balance(String name, String ip, String hostname) {
        sandboxes.object(Service.class, name).editStatus(service -> new ServiceBuilder(service)
                .withNewStatus()
                .withNewLoadBalancer()
                .addNewIngress()
                .withIp(ip)
                .withHostname(hostname)
                .endIngress()
                .endLoadBalancer()
                .endStatus()
                .build());
    }

    private static List<String> arguments(StatefulSet statefulSet) {
        return statefulSet
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getArgs();
    }

    @Test
    void namespacedItNeedsNoMoreThanItsNamespaces() {
        operator.close();
        Sandboxes others = new Sandboxes(HOST.admin(), HOST.namespace());
        operator = RunningOperator.start(HOST, Map.of("WATCH_NAMESPACES", sandboxes.namespace()));
        sandboxes.apply("demo", "");
        others.apply("demo", "");

        sandboxes.awaitReason("demo", "Ready", "PodPending");
        await().during(Duration.ofSeconds(1)).until(() -> others.get("demo").getStatus() == null);
    }

    private void collect(String name) {
        sandboxes.object(Secret.class, name + "-pki").delete();
        collectAllButKept(name);
    }

    private void collectAllButKept(String name) {
        sandboxes.object(Secret.class, name + "-kubeconfig").delete();
        sandboxes.object(ConfigMap.class, name + "-config").delete();
        sandboxes.object(Service.class, name).delete();
        sandboxes.object(NetworkPolicy.class, name).delete();
        sandboxes.object(StatefulSet.class, name).delete();
    }

    private Secret foreignSecret(String name) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(sandboxes.namespace())
                .endMetadata()
                .addToData("mine", "bWluZQ==")
                .build();
    }

    private static String image(StatefulSet statefulSet) {
        return statefulSet
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage();
    }
}
