package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What a user does with SandboxClusters in one namespace, and what he sees. */
record Sandboxes(KubernetesClient client, String namespace) {

    private static final Duration SOON = Duration.ofSeconds(60);

    /** {@code kubectl apply}. */
    void apply(String name, String spec) {
        client.resource(Serialization.unmarshal("""
                        apiVersion: sandboxcluster.dev/v1alpha1
                        kind: SandboxCluster
                        metadata: {name: %s, namespace: %s}
                        spec: {%s}
                        """.formatted(name, namespace, spec), SandboxCluster.class))
                .fieldManager("kubectl")
                .forceConflicts()
                .serverSideApply();
    }

    SandboxCluster get(String name) {
        return client.resources(SandboxCluster.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    <T extends HasMetadata> Resource<T> object(Class<T> type, String name) {
        return client.resources(type).inNamespace(namespace).withName(name);
    }

    <T extends HasMetadata> T awaitObject(Class<T> type, String name) {
        return awaitObject(type, name, any -> true);
    }

    <T extends HasMetadata> T awaitObject(Class<T> type, String name, Predicate<T> expected) {
        return await().atMost(SOON)
                .until(() -> Optional.ofNullable(object(type, name).get()).filter(expected), Optional::isPresent)
                .orElseThrow();
    }

    /** Waits until a condition has a reason. */
    Condition awaitReason(String name, String type, String reason) {
        await().atMost(SOON).untilAsserted(() -> assertThat(condition(name, type))
                .hasValueSatisfying(
                        condition -> assertThat(condition.getReason()).isEqualTo(reason)));
        return condition(name, type).orElseThrow();
    }

    Optional<Condition> condition(String name, String type) {
        return Optional.ofNullable(get(name).getStatus()).stream()
                .flatMap(status -> status.conditions().stream())
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
    }

    /** All objects that the operator wrote for a SandboxCluster. */
    List<HasMetadata> objects(String name) {
        return Stream.of(
                        Secret.class,
                        ConfigMap.class,
                        Service.class,
                        NetworkPolicy.class,
                        StatefulSet.class,
                        PersistentVolumeClaim.class)
                .flatMap(type ->
                        client
                                .resources(type)
                                .inNamespace(namespace)
                                .withLabel(Labels.NAME, name)
                                .list()
                                .getItems()
                                .stream())
                .map(HasMetadata.class::cast)
                .toList();
    }

    /** {@code kubectl annotate}; null: takes the annotation away. */
    void annotate(String name, String key, String value) {
        object(SandboxCluster.class, name)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\": {\"annotations\": {\"%s\": %s}}}".formatted(key, Serialization.asJson(value)));
    }

    /** What {@code kubectl delete --cascade=orphan} and the garbage collector do. */
    void orphan(String name) {
        object(SandboxCluster.class, name).delete();
        disown(name);
    }

    /** Takes the objects of a sandbox away from it, as the garbage collector does when it orphans them. */
    void disown(String name) {
        objects(name).forEach(object -> client.resource(object)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": {\"ownerReferences\": []}}"));
    }

    /** Does what a load balancer's controller would. */
    void balance(String name, String ip, String hostname) {
        object(Service.class, name).editStatus(service -> new ServiceBuilder(service)
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

    /** Labels an object as earlier releases did when they wrote it. */
    <T extends HasMetadata> void labelAsEarlier(Class<T> type, String object, String name) {
        String writer = object(type, object)
                .get()
                .getMetadata()
                .getManagedFields()
                .get(0)
                .getManager();
        T labelled = object(type, object).get();
        labelled.getMetadata().setManagedFields(null);
        labelled.getMetadata().setResourceVersion(null);
        labelled.getMetadata().setUid(null);
        labelled.getMetadata().getLabels().put(Identity.INSTANCE, name);
        client.resource(labelled).fieldManager(writer).forceConflicts().serverSideApply();
    }

    /** Makes a sandbox's Service as on a host cluster whose first family is IPv6. */
    void serveAtIpv6(String name) {
        client.resource(new ServiceBuilder()
                        .withMetadata(Identity.of(get(name)).metadata(name))
                        .withNewSpec()
                        .withIpFamilies("IPv6")
                        .addNewPort()
                        .withPort(443)
                        .endPort()
                        .endSpec()
                        .build())
                .create();
    }

    /** Does what the garbage collector would, after the SandboxCluster was deleted. */
    void collect(String name) {
        object(Secret.class, name + "-pki").delete();
        collectAllButKept(name);
    }

    /** The same for a SandboxCluster that retained its volume. */
    void collectAllButKept(String name) {
        object(Secret.class, name + "-kubeconfig").delete();
        object(ConfigMap.class, name + "-config").delete();
        object(Service.class, name).delete();
        object(NetworkPolicy.class, name).delete();
        object(StatefulSet.class, name).delete();
    }

    /** The container that runs k3s. */
    static Container k3s(StatefulSet controlPlane) {
        return controlPlane.getSpec().getTemplate().getSpec().getContainers().stream()
                .filter(container -> container.getName().equals("k3s"))
                .findFirst()
                .orElseThrow();
    }

    /** The events of the namespace that have a reason. */
    List<Event> events(String reason) {
        return client.v1()
                .events()
                .inNamespace(namespace)
                .withField("reason", reason)
                .list()
                .getItems();
    }

    /** A value of a Secret, decoded. */
    static String value(Secret secret, String key) {
        return new String(Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
    }
}
