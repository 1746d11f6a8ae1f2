package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What stands on the host cluster for a SandboxCluster: all of it, owned, and as it should be. */
class ObjectsIT extends OperatorFixture {

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
    void whatIsNotThereIsWrittenWithoutAskingFirst() {
        operator.close();
        Queue<String> asked = new ConcurrentLinkedQueue<>();
        operator = RunningOperator.heard(HOST, new Interceptor() {
            @Override
            public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
                if (request.method().equals("GET") && request.uri().getPath().contains(sandboxes.namespace())) {
                    asked.add(request.uri().getPath());
                }
            }
        });

        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "Ready", "PodPending");

        assertThat(asked).isEmpty();
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
    void whoseTokensAreAcceptedChangesWithoutAnotherPod() {
        sandboxes.apply("demo", "");
        StatefulSet before = sandboxes.awaitObject(StatefulSet.class, "demo");
        sandboxes.awaitReason("demo", "Ready", "PodPending");

        sandboxes.apply(
                "demo",
                "authentication: {jwt: [{issuer: {url: 'https://dex.example.com', audiences: [kubectl]},"
                        + " claimMappings: {username: {claim: sub, prefix: 'dex:'}}}]}");

        sandboxes.awaitObject(ConfigMap.class, "demo-config", config -> config.getData()
                .get("authentication.yaml")
                .contains("url: \"https://dex.example.com\""));
        sandboxes.awaitReason("demo", "AuthenticationReady", "ControlPlaneNotRunning");
        assertThat(sandboxes
                        .object(StatefulSet.class, "demo")
                        .get()
                        .getMetadata()
                        .getGeneration())
                .isEqualTo(before.getMetadata().getGeneration());
    }

    @Test
    void resourcesMayNameLessThanBefore() {
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "Ready", "PodPending");

        sandboxes.apply("demo", "controlPlane: {resources: {limits: {memory: 512Mi}}}");
        sandboxes.awaitObject(StatefulSet.class, "demo", controlPlane -> Sandboxes.k3s(controlPlane)
                .getResources()
                .getRequests()
                .isEmpty());
        sandboxes.apply("demo", "controlPlane: {resources: {requests: {memory: 512Mi}}}");
        sandboxes.awaitObject(StatefulSet.class, "demo", controlPlane -> Sandboxes.k3s(controlPlane)
                .getResources()
                .getLimits()
                .isEmpty());
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
}
