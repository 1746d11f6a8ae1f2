package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** A status says what is, however late the operator hears of its own writes. */
class StatusIT extends OperatorFixture {

    private static final String RUNNING = """
            conditions: [{type: Ready, status: "True"}]
            containerStatuses:
            - {name: k3s, image: k3s, imageID: "", ready: true, restartCount: 0, containerID: "a",
               state: {running: {startedAt: "2026-11-26T10:00:00Z"}}}
            """;

    private static final String UNSCHEDULABLE = """
            conditions: [{type: PodScheduled, status: "False", reason: Unschedulable, message: no room}]
            """;

    private static final String CRASHED = """
            conditions: [{type: Ready, status: "False"}]
            containerStatuses:
            - {name: k3s, image: k3s, imageID: "", ready: false, restartCount: 0, containerID: "a",
               state: {terminated: {exitCode: 1}}}
            """;

    /** The operator hears of neither of its writes, and then of the first alone: its cache goes back in time. */
    @Test
    void whatWasWrittenLastCountsThoughTheCacheSaysOtherwise() {
        LateWatches watches = hearLate("sandboxclusters");
        // An address at which nobody listens: the operator dials what runs.
        sandboxes.apply("demo", "expose: {type: NodePort, nodePort: {hostName: 127.0.0.1}}");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        runPod();
        say(RUNNING);
        sandboxes.awaitReason("demo", "ControlPlaneReady", "Available");
        sandboxes.awaitReason("demo", "EndpointReachable", "ConnectionRefused");

        watches.hold();
        say(CRASHED);
        sandboxes.awaitReason("demo", "ControlPlaneReady", "CrashLoop");
        String first = sandboxes.get("demo").getMetadata().getResourceVersion();
        say(RUNNING);
        sandboxes.awaitReason("demo", "ControlPlaneReady", "Available");
        watches.releaseUpTo(first);
        say(CRASHED);

        sandboxes.awaitReason("demo", "ControlPlaneReady", "CrashLoop");
    }

    /** Who deletes one and applies it again is quicker than the news of it. */
    @Test
    void oneThatWasAppliedAgainNeverGetsTheStatusOfTheOneBefore() {
        LateWatches watches = hearLate("sandboxclusters");
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        runPod();
        say(UNSCHEDULABLE);
        sandboxes.awaitReason("demo", "Ready", "Unschedulable");

        watches.hold();
        sandboxes.object(SandboxCluster.class, "demo").delete();
        sandboxes.apply("demo", "");
        say(CRASHED);

        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(
                        sandboxes.get("demo").getStatus())
                .isNull());
    }

    /** Many of them must not keep the operator busy: the pod says why, and tells when that changes. */
    @Test
    void aPodThatNoNodeTakesIsNotAskedAbout() {
        Queue<String> requests = new ConcurrentLinkedQueue<>();
        operator.close();
        operator = RunningOperator.heard(HOST, new Interceptor() {
            @Override
            public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
                requests.add(request.method() + " " + request.uri());
            }
        });
        sandboxes.apply("demo", "");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        runPod();
        say(UNSCHEDULABLE);
        sandboxes.awaitReason("demo", "Ready", "Unschedulable");
        requests.clear();

        await().during(Duration.ofSeconds(7)).atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(requests)
                .isEmpty());
        say(CRASHED);
        sandboxes.awaitReason("demo", "Ready", "CrashLoop");
    }

    /** Until the StatefulSet controller, which a test plays here, has replaced the pod. */
    @Test
    void readyOfAChangedSpecIsNotThatOfThePodBefore() {
        sandboxes.apply("demo", "expose: {type: NodePort, nodePort: {hostName: 127.0.0.1}}");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        runPod();
        ofRevision("demo-1");
        rollOut(1, "demo-1");
        say(RUNNING);
        sandboxes.awaitReason("demo", "UpToDate", "UpToDate");
        sandboxes.awaitReason("demo", "Ready", "ConnectionRefused");

        sandboxes.apply("demo", "tlsSANs: [a.example.com], expose: {type: NodePort, nodePort: {hostName: 127.0.0.1}}");
        assertThat(sandboxes.awaitReason("demo", "UpToDate", "Restarting").getObservedGeneration())
                .isEqualTo(2);
        rollOut(2, "demo-2");
        assertThat(sandboxes.awaitReason("demo", "Ready", "Restarting").getStatus())
                .isEqualTo("False");

        ofRevision("demo-2");
        sandboxes.awaitReason("demo", "UpToDate", "UpToDate");
        sandboxes.awaitReason("demo", "Ready", "ConnectionRefused");
    }

    private void rollOut(long generation, String revision) {
        sandboxes.object(StatefulSet.class, "demo").editStatus(statefulSet -> new StatefulSetBuilder(statefulSet)
                .editOrNewStatus()
                .withObservedGeneration(generation)
                .withUpdateRevision(revision)
                .endStatus()
                .build());
    }

    private void ofRevision(String revision) {
        sandboxes.object(Pod.class, "demo-0").edit(pod -> new PodBuilder(pod)
                .editMetadata()
                .addToLabels("controller-revision-hash", revision)
                .endMetadata()
                .build());
    }

    private void runPod() {
        HOST.admin()
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("demo-0")
                        .withNamespace(sandboxes.namespace())
                        .addToLabels(Labels.NAME, "demo")
                        .addToLabels("app.kubernetes.io/managed-by", "sandboxcluster-operator")
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("k3s")
                        .withImage("k3s")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }

    private void say(String status) {
        sandboxes.object(Pod.class, "demo-0").editStatus(pod -> new PodBuilder(pod)
                .withStatus(Serialization.unmarshal(status, PodStatus.class))
                .build());
    }
}
