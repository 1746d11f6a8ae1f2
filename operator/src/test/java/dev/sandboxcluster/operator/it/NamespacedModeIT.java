package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An operator that serves one namespace, with the Role that the chart gives it there, and nothing else. */
class NamespacedModeIT {

    @RegisterExtension
    static final HostCluster HOST = new HostCluster();

    private static final String RELEASE = "sandboxcluster-operator";

    private Sandboxes sandboxes;
    private Sandboxes others;
    private Config permissions;
    private RunningOperator operator;

    @BeforeEach
    void start() {
        HOST.runtimeClass("gvisor");
        sandboxes = new Sandboxes(HOST.admin(), HOST.namespace());
        others = new Sandboxes(HOST.admin(), HOST.namespace());
        permissions = HOST.anotherOperator(HOST.namespace(), sandboxes.namespace());
        awaitAllowed(sandboxes.namespace(), true);
        operator = RunningOperator.start(permissions, Map.of("WATCH_NAMESPACES", sandboxes.namespace()));
    }

    @AfterEach
    void stop() {
        operator.close();
    }

    @Test
    void namespacedItNeedsNoMoreThanItsNamespaces() {
        sandboxes.apply("demo", "");
        others.apply("demo", "");

        sandboxes.awaitReason("demo", "Ready", "PodPending");
        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
        assertThatAllIsOwned("demo");
        await().during(Duration.ofSeconds(1)).until(() -> others.get("demo").getStatus() == null);
        assertThat(others.object(Secret.class, "demo-pki").get()).isNull();
    }

    @Test
    void aVolumeAndExternalWorkersNeedNoMoreEither() {
        sandboxes.apply(
                "demo",
                "workers: {external: {enabled: true}}, storage: {type: Persistent, storageClassName: fast},"
                        + " expose: {type: NodePort, nodePort: {hostName: 192.0.2.1}}");

        sandboxes.awaitReason("demo", "Ready", "PodPending");
        sandboxes.awaitReason("demo", "StorageReady", "VolumePending");
        sandboxes.awaitReason("demo", "WorkersReady", "ControlPlaneNotRunning");
        assertThatAllIsOwned("demo");
        sandboxes.awaitObject(PersistentVolumeClaim.class, "demo-data");
        assertThat(Sandboxes.k3s(sandboxes.awaitObject(StatefulSet.class, "demo"))
                        .getArgs())
                .contains("--tls-san=192.0.2.1");
    }

    /** They are cluster-scoped. */
    @Test
    void classesCannotBeRead() {
        sandboxes.apply("classed", "className: usual");
        sandboxes.apply("demo", "");

        assertThat(sandboxes.awaitReason("classed", "Ready", "ClassNotReadable").getMessage())
                .contains("usual", "without spec.className");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        assertThat(sandboxes.objects("classed")).isEmpty();
    }

    @Test
    void aChangeThatRestartsTheControlPlaneIsAnnounced() {
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "Ready", "PodPending");

        sandboxes.apply("demo", "tlsSANs: [a.example.com]");
        sandboxes.awaitObject(StatefulSet.class, "demo", changed -> Sandboxes.k3s(changed)
                .getArgs()
                .contains("--tls-san=a.example.com"));
        assertThat(sandboxes.events("ControlPlaneRestarting")).hasSize(1);
    }

    /** The API server hears of a RoleBinding, and of its end, a moment later. */
    private void awaitAllowed(String namespace, boolean allowed) {
        try (KubernetesClient client = client(permissions)) {
            await().until(() -> isAllowed(client, "list sandboxclusters.sandboxcluster.dev", namespace) == allowed);
        }
    }

    @Test
    void aNamespaceThatIsGoneDoesNotStopTheOthers() {
        operator.close();
        var binding = HOST.admin()
                .rbac()
                .roleBindings()
                .inNamespace(sandboxes.namespace())
                .withName(RELEASE);
        RoleBinding before = binding.get();
        binding.delete();
        awaitAllowed(sandboxes.namespace(), false);
        assertThatThrownBy(() -> RunningOperator.start(permissions, Map.of("WATCH_NAMESPACES", sandboxes.namespace()))
                        .close())
                .hasMessageContaining("None of the namespaces");

        HOST.admin()
                .resource(new RoleBindingBuilder(before)
                        .editMetadata()
                        .withNamespace(others.namespace())
                        .withResourceVersion(null)
                        .withUid(null)
                        .endMetadata()
                        .editRoleRef()
                        .withKind("ClusterRole")
                        .endRoleRef()
                        .build())
                .create();
        awaitAllowed(others.namespace(), true);
        operator = RunningOperator.start(
                permissions, Map.of("WATCH_NAMESPACES", sandboxes.namespace() + "," + others.namespace()));
        sandboxes.apply("demo", "");
        others.apply("demo", "");
        others.awaitReason("demo", "Ready", "PodPending");
        assertThat(operator.live()).isTrue();
        assertThat(sandboxes.get("demo").getStatus()).isNull();

        before.getMetadata().setResourceVersion(null);
        before.getMetadata().setUid(null);
        HOST.admin().resource(before).create();
        sandboxes.awaitReason("demo", "Ready", "PodPending");
    }

    @Test
    void nothingIsAllowedClusterWideOrElsewhere() {
        try (KubernetesClient operatorOfAll = client(HOST.operator());
                KubernetesClient operatorOfOne = client(permissions)) {
            Stream.of(
                            "list sandboxclusters.sandboxcluster.dev",
                            "list secrets",
                            "create secrets",
                            "list pods",
                            "list nodes",
                            "create statefulsets.apps",
                            "create jobs.batch",
                            "list runtimeclasses.node.k8s.io",
                            "get namespaces",
                            "list servicecidrs.networking.k8s.io")
                    .forEach(what -> {
                        assertThat(isAllowed(operatorOfAll, what, null))
                                .as(what)
                                .isTrue();
                        assertThat(isAllowed(operatorOfOne, what, null))
                                .as(what)
                                .isFalse();
                        assertThat(isAllowed(operatorOfOne, what, others.namespace()))
                                .as("%s elsewhere", what)
                                .isFalse();
                    });
        }
    }

    private void assertThatAllIsOwned(String name) {
        Stream.of(
                        sandboxes.awaitObject(Secret.class, name + "-pki"),
                        sandboxes.awaitObject(Secret.class, name + "-kubeconfig"),
                        sandboxes.awaitObject(ConfigMap.class, name + "-config"),
                        sandboxes.awaitObject(Service.class, name),
                        sandboxes.awaitObject(NetworkPolicy.class, name),
                        sandboxes.awaitObject(StatefulSet.class, name))
                .forEach(object -> assertThat(object.getMetadata().getOwnerReferences())
                        .singleElement()
                        .satisfies(owner -> assertThat(owner.getUid())
                                .isEqualTo(sandboxes.get(name).getMetadata().getUid())));
    }

    /** @param namespace null: in all of them, and what is in none */
    private static boolean isAllowed(KubernetesClient client, String what, String namespace) {
        String[] words = what.split("[ .]", 3);
        SelfSubjectAccessReview question = new SelfSubjectAccessReviewBuilder()
                .withNewSpec()
                .withNewResourceAttributes()
                .withVerb(words[0])
                .withResource(words[1])
                .withGroup(words.length > 2 ? words[2] : "")
                .withNamespace(namespace)
                .endResourceAttributes()
                .endSpec()
                .build();
        return client.authorization()
                .v1()
                .selfSubjectAccessReview()
                .create(question)
                .getStatus()
                .getAllowed();
    }

    private static KubernetesClient client(Config permissions) {
        return new KubernetesClientBuilder().withConfig(permissions).build();
    }
}
