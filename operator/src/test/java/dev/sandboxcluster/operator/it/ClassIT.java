package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterClass;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** What a sandbox has of its class, and what the operator makes of one that the class doesn't allow. */
class ClassIT extends OperatorFixture {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void itHasTheDefaultsOfItsClass() {
        sandboxClass(
                "usual",
                "default: true, defaults: {version: v1.33.4-k3s1, controlPlane: {nodeSelector: {pool: sandboxes}},"
                        + " storage: {type: Persistent, storageClassName: fast}, expose: {type: NodePort}, lifetime: {ttl: 8h}}");

        sandboxes.apply("demo", "");

        StatefulSet controlPlane = sandboxes.awaitObject(StatefulSet.class, "demo");
        assertThat(Sandboxes.k3s(controlPlane).getImage()).endsWith(":v1.33.4-k3s1");
        assertThat(controlPlane.getSpec().getTemplate().getSpec().getNodeSelector())
                .containsEntry("pool", "sandboxes");
        assertThat(sandboxes
                        .awaitObject(PersistentVolumeClaim.class, "demo-data")
                        .getSpec()
                        .getStorageClassName())
                .isEqualTo("fast");
        assertThat(sandboxes.awaitObject(Service.class, "demo").getSpec().getType())
                .isEqualTo("NodePort");
        sandboxes.awaitReason("demo", "AllowedByClass", "AllowedByClass");
        SandboxCluster demo = sandboxes.get("demo");
        assertThat(demo.getStatus().ofClass().name()).isEqualTo("usual");
        assertThat(Instant.parse(demo.getStatus().expiresAt()))
                .isEqualTo(
                        Instant.parse(demo.getMetadata().getCreationTimestamp()).plus(Duration.ofHours(8)));
    }

    @Test
    void aClassThatChangesDisturbsNobody() {
        sandboxClass("usual", "default: true, defaults: {version: v1.33.4-k3s1, expose: {type: NodePort}}");
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        String before = template("demo");

        sandboxClass(
                "usual",
                "default: true, defaults: {version: v1.33.5-k3s1, storage: {type: Persistent}},"
                        + " limits: {ttl: 1m, resources: {max: {memory: 512Mi}}}");

        await().atMost(SOON).untilAsserted(() -> assertThat(sandboxes.condition("demo", "AllowedByClass"))
                .hasValueSatisfying(condition -> assertThat(condition.getMessage())
                        .startsWith("The cluster goes on as it is.")
                        .contains("memory of 1Gi is more than 512Mi")));
        assertThat(sandboxes.condition("demo", "AllowedByClass").orElseThrow().getReason())
                .isEqualTo("NotAllowedByClass");
        assertThat(sandboxes.get("demo").getStatus().ofClass().outdated())
                .containsExactly("expose", "lifetime", "version");
        assertThat(template("demo")).isEqualTo(before);
        assertThat(sandboxes.get("demo").getStatus().expiresAt()).isNull();
        assertThat(sandboxes.object(Service.class, "demo").get().getSpec().getType())
                .isEqualTo("NodePort");

        restart();
        sandboxes.apply("other", "storage: {type: Ephemeral}, controlPlane: {resources: {limits: {memory: 512Mi}}}");
        sandboxes.awaitReason("other", "Ready", "PodPending");
        assertThat(template("demo")).isEqualTo(before);
    }

    @Test
    void onRequestItTakesTheDefaultsThatTheClassHasNow() {
        sandboxClass("usual", "default: true, defaults: {expose: {type: NodePort}}");
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        sandboxClass("usual", "default: true, defaults: {controlPlane: {nodeSelector: {pool: a}}}");
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        sandboxes.get("demo").getStatus().ofClass().outdated())
                .containsExactly("controlPlane.nodeSelector", "expose"));

        sandboxes.annotate("demo", "sandboxcluster.dev/take-class-defaults", "1");

        sandboxes.awaitObject(StatefulSet.class, "demo", controlPlane -> Map.of("pool", "a")
                .equals(controlPlane.getSpec().getTemplate().getSpec().getNodeSelector()));
        sandboxes.awaitObject(
                Service.class, "demo", service -> service.getSpec().getType().equals("ClusterIP"));
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        sandboxes.get("demo").getStatus().ofClass().outdated())
                .isNull());
    }

    @Test
    void whatTheClassDoesNotAllowIsNotStartedUntilItIs() {
        sandboxClass("usual", "default: true");

        sandboxes.apply("demo", "controlPlane: {image: \"example.com/other:v1.33.5-k3s1\"}");

        Condition ready = sandboxes.awaitReason("demo", "Ready", "NotAllowedByClass");
        assertThat(ready.getStatus()).isEqualTo("False");
        assertThat(ready.getMessage()).contains("spec.controlPlane.image", "SandboxClusterClass usual");
        assertThat(sandboxes.objects("demo")).isEmpty();

        sandboxClass("usual", "default: true, allow: {images: [example.com/other]}");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
    }

    /** The policies of the chart may be off, or hear of a class too late. */
    @Test
    void anotherSpecThatIsNotAllowedDoesNotTakeEffect() {
        sandboxClass("usual", "default: true, limits: {ttl: 1h}");
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        String before = template("demo");
        String end = sandboxes.get("demo").getStatus().expiresAt();

        sandboxes.apply(
                "demo", "controlPlane: {runtimeClassName: \"\"}, expose: {type: LoadBalancer}, lifetime: {ttl: 1000h}");

        Condition ready = sandboxes.awaitReason("demo", "Ready", "NotAllowedByClass");
        assertThat(ready.getStatus()).isEqualTo("Unknown");
        assertThat(ready.getMessage()).contains("its spec as it is now doesn't take effect");
        restart();
        sandboxes.awaitReason("demo", "Ready", "NotAllowedByClass");
        assertThat(template("demo")).isEqualTo(before);
        assertThat(sandboxes.object(Service.class, "demo").get().getSpec().getType())
                .isEqualTo("ClusterIP");
        assertThat(sandboxes.get("demo").getStatus().expiresAt()).isEqualTo(end);

        sandboxes.apply("demo", "tlsSANs: [a.example.com]");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        sandboxes.awaitObject(StatefulSet.class, "demo", controlPlane -> Sandboxes.k3s(controlPlane)
                .getArgs()
                .contains("--tls-san=a.example.com"));
    }

    @Test
    void aClassThatIsGoneDisturbsNobodyWhoHasIt() {
        sandboxClass("gone", "defaults: {controlPlane: {nodeSelector: {pool: a}}}");
        sandboxes.apply("demo", "className: gone");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        String before = template("demo");

        HOST.admin().resources(SandboxClusterClass.class).withName("gone").delete();

        assertThat(sandboxes
                        .awaitReason("demo", "AllowedByClass", "ClassNotFound")
                        .getMessage())
                .contains("The cluster goes on as it is", "no SandboxClusterClass gone");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        sandboxes.apply("late", "className: gone");
        sandboxes.awaitReason("late", "Ready", "ClassNotFound");
        assertThat(sandboxes.objects("late")).isEmpty();
        restart();
        sandboxes.awaitReason("demo", "AllowedByClass", "ClassNotFound");
        assertThat(template("demo")).isEqualTo(before);

        sandboxClass("gone", "");
        sandboxes.awaitReason("late", "Ready", "PodPending");
        sandboxes.awaitReason("demo", "AllowedByClass", "AllowedByClass");
        assertThat(template("demo")).isEqualTo(before);
    }

    @Test
    void twoDefaultsAreNone() {
        sandboxClass("one", "default: true");
        sandboxes.apply("early", "");
        sandboxes.awaitReason("early", "Ready", "PodPending");
        sandboxClass("two", "default: true");

        sandboxes.apply("demo", "");
        sandboxes.apply("named", "className: two");

        assertThat(sandboxes
                        .awaitReason("demo", "Ready", "SeveralDefaultClasses")
                        .getMessage())
                .contains("one, two");
        sandboxes.awaitReason("named", "Ready", "PodPending");
        sandboxes.awaitReason("early", "AllowedByClass", "AllowedByClass");
        assertThat(sandboxes.get("early").getStatus().ofClass().name()).isEqualTo("one");

        sandboxClass("two", "");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        sandboxes.get("demo").getStatus().ofClass().name())
                .isEqualTo("one"));
    }

    @Test
    void oneThatRanBeforeThereWasAClassGoesOn() {
        sandboxes.apply("demo", "expose: {type: NodePort}");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        String before = template("demo");

        sandboxClass("late", "default: true, defaults: {controlPlane: {nodeSelector: {pool: a}}}, limits: {ttl: 1m}");

        assertThat(sandboxes
                        .awaitReason("demo", "AllowedByClass", "NotAllowedByClass")
                        .getMessage())
                .contains("The cluster goes on as it is", "spec.expose.type");
        assertThat(template("demo")).isEqualTo(before);
        assertThat(sandboxes.get("demo").getStatus().expiresAt()).isNull();
        assertThat(sandboxes.get("demo").getStatus().ofClass().outdated())
                .containsExactly("controlPlane.nodeSelector", "lifetime");
    }

    @Test
    void aNamespaceHasAsManyAsItMay() {
        sandboxClass("few", "default: true, limits: {perNamespace: {sandboxes: 3}}");

        List<String> names = IntStream.range(0, 8).mapToObj(i -> "demo-" + i).toList();
        names.parallelStream().forEach(name -> sandboxes.apply(name, ""));

        await().atMost(SOON).untilAsserted(() -> assertThat(names)
                .allSatisfy(name ->
                        assertThat(sandboxes.condition(name, "AllowedByClass")).isPresent()));
        assertThat(in(names)).hasSize(3);
        restart();
        await().during(Duration.ofSeconds(3)).atMost(SOON).untilAsserted(() -> assertThat(in(names))
                .hasSize(3));
        String waiting = names.stream()
                .filter(name -> !in(names).contains(name))
                .findFirst()
                .orElseThrow();
        assertThat(sandboxes.awaitReason(waiting, "Ready", "ClassQuotaExceeded").getMessage())
                .contains("may have 3 of them");

        List<String> before = in(names);
        sandboxes.object(SandboxCluster.class, before.get(0)).delete();

        List<String> left =
                names.stream().filter(name -> !name.equals(before.get(0))).toList();
        await().atMost(SOON).untilAsserted(() -> assertThat(in(left)).hasSize(3));
        assertThat(in(left)).contains(before.get(1), before.get(2));
    }

    @Test
    void aNamespaceHasAsMuchMemoryAsItMay() {
        sandboxClass("small", "default: true, limits: {perNamespace: {memory: 2560Mi}}");
        sandboxes.apply("one", "");
        sandboxes.apply("two", "");
        sandboxes.awaitReason("one", "Ready", "PodPending");
        sandboxes.awaitReason("two", "Ready", "PodPending");
        sandboxes.apply("three", "");
        assertThat(sandboxes.awaitReason("three", "Ready", "ClassQuotaExceeded").getMessage())
                .contains("2560Mi");

        // One that runs can't grow past it either.
        sandboxes.apply("one", "controlPlane: {resources: {limits: {memory: 2Gi}}}");
        assertThat(sandboxes.awaitReason("one", "Ready", "ClassQuotaExceeded").getStatus())
                .isEqualTo("Unknown");
        sandboxes.apply("one", "controlPlane: {resources: {limits: {memory: 512Mi}}}");
        sandboxes.awaitReason("one", "Ready", "PodPending");
        sandboxes.awaitReason("three", "Ready", "PodPending");
    }

    @Test
    void aClassIsForSomeNamespaces() {
        sandboxClass("chosen", "namespaceSelector: {matchLabels: {team: a}}");
        sandboxes.apply("demo", "className: chosen");
        assertThat(sandboxes.awaitReason("demo", "Ready", "NotAllowedByClass").getMessage())
                .contains("is not for namespace " + sandboxes.namespace());

        HOST.admin()
                .namespaces()
                .withName(sandboxes.namespace())
                .patch("{\"metadata\": {\"labels\": {\"team\": \"a\"}}}");

        sandboxes.awaitReason("demo", "Ready", "PodPending");
    }

    /** Else a pause would be a way past the longest life. */
    @Test
    void onePausedEndsAllTheSame() {
        sandboxClass("usual", "default: true, limits: {ttl: 1h}");
        String soon =
                Instant.now().plusSeconds(12).truncatedTo(ChronoUnit.SECONDS).toString();
        sandboxes.apply("kept", "lifetime: {expiresAt: \"" + soon + "\", expirationPolicy: Suspend}");
        sandboxes.apply("gone", "lifetime: {expiresAt: \"" + soon + "\"}");
        for (String name : List.of("kept", "gone")) {
            sandboxes.awaitReason(name, "Ready", "PodPending");
            sandboxes.annotate(name, "sandboxcluster.dev/paused", "true");
            sandboxes.apply(
                    name,
                    "lifetime: {ttl: 1000h, expirationPolicy: " + (name.equals("kept") ? "Suspend" : "Delete") + "}");
            sandboxes.awaitReason(name, "Ready", "Paused");
        }

        sandboxes.awaitObject(
                StatefulSet.class,
                "kept",
                controlPlane -> controlPlane.getSpec().getReplicas() == 0);
        await().atMost(SOON).until(() -> sandboxes.get("gone") == null);
        assertThat(Instant.now()).isAfterOrEqualTo(Instant.parse(soon));
    }

    @Test
    void anotherClassGivesItsDefaults() {
        sandboxClass("one", "default: true, defaults: {storage: {type: Persistent, storageClassName: fast}}");
        sandboxClass("two", "defaults: {controlPlane: {nodeSelector: {pool: b}}, storage: {type: Ephemeral}}");
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "Ready", "PodPending");

        sandboxes.apply("demo", "className: two");

        sandboxes.awaitObject(StatefulSet.class, "demo", controlPlane -> Map.of("pool", "b")
                .equals(controlPlane.getSpec().getTemplate().getSpec().getNodeSelector()));
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        sandboxes.get("demo").getStatus().ofClass().name())
                .isEqualTo("two"));
        // Where its objects are stays, and can't be changed by the user either.
        assertThat(sandboxes.get("demo").getStatus().volumeClaimName()).isEqualTo("demo-data");
        Assertions.assertThatThrownBy(() -> sandboxes.apply("demo", "className: two, storage: {type: Ephemeral}"))
                .hasMessageContaining("spec.storage.type cannot be changed");
        Assertions.assertThatThrownBy(() ->
                        sandboxes.apply("demo", "className: two, storage: {type: Persistent, storageClassName: slow}"))
                .hasMessageContaining("spec.storage.storageClassName cannot be changed");
    }

    /** Classes and SandboxClusters are heard of one by one, in any order. */
    @Test
    void oneThatIsHeardOfBeforeItsClassIsOfItAllTheSame() {
        LateWatches watches = hearLate("sandboxclusterclasses");
        watches.hold();

        sandboxClass("usual", "default: true, defaults: {controlPlane: {nodeSelector: {pool: a}}}");
        sandboxes.apply("demo", "");

        sandboxes.awaitReason("demo", "Ready", "PodPending");
        assertThat(sandboxes.get("demo").getStatus().ofClass().name()).isEqualTo("usual");
        assertThat(sandboxes
                        .object(StatefulSet.class, "demo")
                        .get()
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getNodeSelector())
                .containsEntry("pool", "a");
    }

    @Test
    void anOperatorThatIsIdleWritesNothing() {
        sandboxClass(
                "usual",
                "default: true, defaults: {controlPlane: {affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution:"
                        + " [{weight: 1, podAffinityTerm: {topologyKey: a, labelSelector: {matchLabels: {b: c}}}}]}},"
                        + " resources: {limits: {memory: 1024Mi, cpu: 1}}}, lifetime: {ttl: 8h}},"
                        + " limits: {perNamespace: {sandboxes: 2}}");
        List.of("one", "two").forEach(name -> sandboxes.apply(name, ""));
        List.of("one", "two").forEach(name -> sandboxes.awaitReason(name, "Ready", "PodPending"));
        sandboxes.apply("three", "");
        sandboxes.awaitReason("three", "Ready", "ClassQuotaExceeded");
        AtomicInteger last = new AtomicInteger(-1);
        await().during(Duration.ofSeconds(5)).atMost(SOON).until(() -> {
            int now = HOST.writes().size();
            return last.getAndSet(now) == now;
        });
        int settled = last.get();

        restart();
        await().during(Duration.ofSeconds(5))
                .atMost(SOON)
                .until(() -> HOST.writes().size() == settled);
    }

    private List<String> in(List<String> names) {
        return names.stream()
                .filter(name -> sandboxes.object(StatefulSet.class, name).get() != null)
                .filter(name -> sandboxes.get(name) != null)
                .toList();
    }

    private String template(String name) {
        return Serialization.asYaml(
                sandboxes.awaitObject(StatefulSet.class, name).getSpec().getTemplate());
    }

    private void restart() {
        operator.close();
        operator = RunningOperator.start(HOST);
    }

    private static void sandboxClass(String name, String spec) {
        HOST.admin()
                .resource(Serialization.unmarshal(
                        "--- {apiVersion: sandboxcluster.dev/v1alpha1, kind: SandboxClusterClass, metadata: {name: "
                                + name + "}, spec: {" + spec + "}}",
                        SandboxClusterClass.class))
                .createOr(existing -> existing.update());
    }
}
