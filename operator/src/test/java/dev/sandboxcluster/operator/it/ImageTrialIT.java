package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A control plane that runs is not replaced by one of an image that no node can start. The test is the kubelet. */
class ImageTrialIT extends OperatorFixture {

    private static final String OLD = "rancher/k3s:v1.33.5-k3s1";
    private static final String NEW = "rancher/k3s:v1.33.6-k3s1";
    private static final ContainerState RUNS = new ContainerStateBuilder()
            .withNewRunning()
            .withStartedAt("2026-11-26T10:00:00Z")
            .endRunning()
            .build();

    @BeforeEach
    void aControlPlaneRuns() {
        version("v1.33.5-k3s1");
        StatefulSet statefulSet = sandboxes.awaitObject(StatefulSet.class, "demo");
        report(pod("demo-0", statefulSet.getSpec().getTemplate(), null), RUNS);
        sandboxes.awaitReason("demo", "ControlPlaneReady", "Available");
    }

    @Test
    void anImageThatCannotBePulledLeavesTheControlPlaneAlone() {
        StatefulSet before = sandboxes.object(StatefulSet.class, "demo").get();
        version("v1.33.6-k3s1");
        Condition tried = sandboxes.awaitReason("demo", "UpToDate", "ImageBeingTried");
        assertThat(tried.getMessage()).contains("goes on with " + OLD).contains(NEW);
        assertThat(tried.getObservedGeneration()).isEqualTo(2);

        report(pod("demo-tried", awaitJob()), waiting("ImagePullBackOff"));
        Condition failed = sandboxes.awaitReason("demo", "UpToDate", "ImagePullFailed");
        assertThat(failed.getMessage()).contains("goes on with " + OLD).contains("check spec.version");
        // The sandbox is not what its spec says, so it is not Ready; but nothing happened to it.
        assertThat(sandboxes.awaitReason("demo", "Ready", "ImagePullFailed").getMessage())
                .isEqualTo(failed.getMessage());
        assertThat(sandboxes
                        .condition("demo", "ControlPlaneReady")
                        .orElseThrow()
                        .getStatus())
                .isEqualTo("True");
        assertThat(sandboxes.object(StatefulSet.class, "demo").get().getSpec()).isEqualTo(before.getSpec());

        version("v1.33.5-k3s1");
        sandboxes.awaitReason("demo", "UpToDate", "UpToDate");
        assertThat(sandboxes.condition("demo", "Ready").orElseThrow().getReason())
                .isNotEqualTo("ImagePullFailed");
        awaitEnd();
        assertThat(sandboxes.object(StatefulSet.class, "demo").get().getSpec()).isEqualTo(before.getSpec());
        assertThat(sandboxes.events("ControlPlaneRestarting")).isEmpty();
    }

    @Test
    void anImageThatWasPulledAndStartedReplacesTheOther() {
        version("v1.33.6-k3s1");
        report(pod("demo-tried", awaitJob()), exited(0));

        awaitImage(NEW);
        stopOld();
        awaitEnd();
    }

    @Test
    void theJobAloneTellsWhenItsPodIsGone() {
        version("v1.33.6-k3s1");
        finish(awaitJob(), "Complete");

        awaitImage(NEW);
    }

    @Test
    void whatWasSeenIsSaidUntilTheNextJob() {
        version("v1.33.6-k3s1");
        Job job = awaitJob();
        report(pod("demo-tried", job), waiting("ErrImagePull"));
        String message =
                sandboxes.awaitReason("demo", "UpToDate", "ImagePullFailed").getMessage();

        finish(job, "Failed");
        sandboxes.object(Pod.class, "demo-tried").withGracePeriod(0).delete();
        restartOperator();
        assertThat(sandboxes.awaitReason("demo", "UpToDate", "ImagePullFailed").getMessage())
                .isEqualTo(message);

        // As the TTL controller does it.
        sandboxes.object(Job.class, job.getMetadata().getName()).delete();
        sandboxes.awaitReason("demo", "UpToDate", "ImageBeingTried");
        report(pod("demo-again", awaitJob()), exited(0));
        awaitImage(NEW);
    }

    @Test
    void anImageWithoutK3sIsNoImage() {
        version("v1.33.6-k3s1");
        report(pod("demo-tried", awaitJob()), exited(127));

        assertThat(sandboxes
                        .awaitReason("demo", "UpToDate", "ContainerStartFailed")
                        .getMessage())
                .contains("exit code 127");
        assertThat(image()).isEqualTo(OLD);
    }

    @Test
    void anOperatorThatStartsAgainGoesOnFromWhatIsThere() {
        version("v1.33.6-k3s1");
        Job job = awaitJob();
        operator.close();
        report(pod("demo-tried", job), exited(0));
        operator = RunningOperator.start(HOST);

        awaitImage(NEW);
        assertThat(sandboxes
                        .object(Job.class, job.getMetadata().getName())
                        .get()
                        .getMetadata())
                .extracting(meta -> meta.getUid())
                .isEqualTo(job.getMetadata().getUid());
    }

    @Test
    void killedAtEveryWriteItComesToTheSameResult() throws InterruptedException {
        operator.close();
        boolean finished = false;
        for (int writes = 0; !finished; writes++) {
            String version = "v1.33.%s-k3s1".formatted(6 + writes);
            version(version);
            RunningOperator.Death death = new RunningOperator.Death(writes);
            try (RunningOperator dying = RunningOperator.dyingAtWrite(HOST, death)) {
                finished = !death.await(3);
            }
            assertThat(image()).isNotEqualTo("rancher/k3s:" + version);
            assertThat(writes).isLessThan(10);
        }
        operator = RunningOperator.start(HOST);
        report(pod("demo-tried", awaitJob()), exited(0));
        await().untilAsserted(() -> assertThat(image()).isNotEqualTo(OLD));
        stopOld();
        awaitEnd();
    }

    @Test
    void whereNothingIsLostNothingIsTried() {
        Pod running = sandboxes.object(Pod.class, "demo-0").get();
        report(running, waiting("CrashLoopBackOff"));
        sandboxes.awaitReason("demo", "Ready", "ContainerCreating");
        version("v1.33.6-k3s1");

        awaitImage(NEW);
        assertThat(jobs()).isEmpty();
    }

    @Test
    void aSuspensionEndsIt() {
        version("v1.33.6-k3s1");
        report(pod("demo-tried", awaitJob()), waiting("ImagePullBackOff"));
        sandboxes.awaitReason("demo", "UpToDate", "ImagePullFailed");

        sandboxes.apply("demo", "version: v1.33.6-k3s1, operatingMode: Suspended");

        awaitEnd();
    }

    @Test
    void anotherFlagOfTheSameImageNeedsNoTrial() {
        sandboxes.apply("demo", "version: v1.33.5-k3s1, tlsSANs: [a.example.com]");

        sandboxes.awaitObject(StatefulSet.class, "demo", present -> Sandboxes.k3s(present)
                .getArgs()
                .contains("--tls-san=a.example.com"));
        assertThat(jobs()).isEmpty();
    }

    @Test
    void whoAsksForARestartGetsItNow() {
        version("v1.33.6-k3s1");
        report(pod("demo-tried", awaitJob()), waiting("ImagePullBackOff"));
        sandboxes.awaitReason("demo", "UpToDate", "ImagePullFailed");

        sandboxes
                .object(SandboxCluster.class, "demo")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\": {\"annotations\": {\"%s\": \"now\"}}}".formatted(Annotations.RESTART));

        awaitImage(NEW);
        awaitEnd();
    }

    @Test
    void aJobThatTheHostClusterRefusesIsSaid() {
        Map<String, Quantity> none = Map.of("count/jobs.batch", new Quantity("0"));
        HOST.admin()
                .resource(new ResourceQuotaBuilder()
                        .withNewMetadata()
                        .withName("no-jobs")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .withNewSpec()
                        .withHard(none)
                        .endSpec()
                        .build())
                .create();
        HOST.admin()
                .resourceQuotas()
                .inNamespace(sandboxes.namespace())
                .withName("no-jobs")
                .editStatus(present -> new ResourceQuotaBuilder(present)
                        .withNewStatus()
                        .withHard(none)
                        .withUsed(none)
                        .endStatus()
                        .build());
        version("v1.33.6-k3s1");

        assertThat(sandboxes.awaitReason("demo", "UpToDate", "QuotaExceeded").getMessage())
                .contains("goes on with " + OLD);
        assertThat(image()).isEqualTo(OLD);
    }

    @Test
    void itsPodIsShutOffAndNobodysBackend() {
        version("v1.33.6-k3s1");
        Job job = awaitJob();

        Map<String, String> labels = job.getSpec().getTemplate().getMetadata().getLabels();
        assertThat(labels)
                .doesNotContainKey(Labels.NAME)
                .containsAllEntriesOf(sandboxes
                        .awaitObject(NetworkPolicy.class, "demo.image-trial")
                        .getSpec()
                        .getPodSelector()
                        .getMatchLabels());
        assertThat(job.getMetadata().getOwnerReferences()).singleElement().satisfies(owner -> assertThat(owner.getUid())
                .isEqualTo(sandboxes.get("demo").getMetadata().getUid()));
    }

    private void version(String version) {
        sandboxes.apply("demo", "version: " + version);
    }

    private Job awaitJob() {
        await().untilAsserted(() -> assertThat(wanted()).isPresent());
        return wanted().orElseThrow();
    }

    private Optional<Job> wanted() {
        return jobs().stream()
                .filter(job -> job.getSpec().getTtlSecondsAfterFinished() > 0)
                .findFirst();
    }

    /** As the StatefulSet controller does it. */
    private void stopOld() {
        sandboxes.object(Pod.class, "demo-0").withGracePeriod(0).delete();
    }

    /** The host cluster is asked to end and delete all of them. */
    private void awaitEnd() {
        await().untilAsserted(() -> assertThat(jobs()).isNotEmpty().allSatisfy(job -> {
            assertThat(job.getSpec().getTtlSecondsAfterFinished()).isZero();
            assertThat(job.getSpec().getActiveDeadlineSeconds()).isOne();
        }));
    }

    private List<Job> jobs() {
        return HOST.admin()
                .resources(Job.class)
                .inNamespace(sandboxes.namespace())
                .list()
                .getItems();
    }

    private void awaitImage(String image) {
        sandboxes.awaitObject(StatefulSet.class, "demo", present -> Sandboxes.k3s(present)
                .getImage()
                .equals(image));
    }

    private String image() {
        return Sandboxes.k3s(sandboxes.object(StatefulSet.class, "demo").get()).getImage();
    }

    private void restartOperator() {
        operator.close();
        operator = RunningOperator.start(HOST);
        sandboxes.apply("last", "");
        sandboxes.awaitReason("last", "Ready", "PodPending");
    }

    /** What the Job controller would make. */
    private Pod pod(String name, Job job) {
        return pod(name, job.getSpec().getTemplate(), job);
    }

    private Pod pod(String name, PodTemplateSpec template, Job owner) {
        PodBuilder pod = new PodBuilder()
                .withMetadata(template.getMetadata())
                .editMetadata()
                .withName(name)
                .withNamespace(sandboxes.namespace())
                .endMetadata()
                .withSpec(template.getSpec());
        if (owner != null) {
            pod.editMetadata()
                    .addNewOwnerReference()
                    .withApiVersion("batch/v1")
                    .withKind("Job")
                    .withName(owner.getMetadata().getName())
                    .withUid(owner.getMetadata().getUid())
                    .withController(true)
                    .endOwnerReference()
                    .endMetadata();
        }
        return HOST.admin().resource(pod.build()).create();
    }

    private void report(Pod pod, ContainerState state) {
        sandboxes.object(Pod.class, pod.getMetadata().getName()).editStatus(present -> new PodBuilder(present)
                .editOrNewStatus()
                .withContainerStatuses()
                .addNewContainerStatus()
                .withName("k3s")
                .withImage(pod.getSpec().getContainers().get(0).getImage())
                .withImageID("")
                .withContainerID(state.getWaiting() == null ? "containerd://1" : null)
                .withReady(state.getRunning() != null)
                .withRestartCount(0)
                .withState(state)
                .endContainerStatus()
                .endStatus()
                .build());
    }

    private static ContainerState waiting(String reason) {
        return new ContainerStateBuilder()
                .withNewWaiting()
                .withReason(reason)
                .withMessage("not found")
                .endWaiting()
                .build();
    }

    private static ContainerState exited(int code) {
        return new ContainerStateBuilder()
                .withNewTerminated()
                .withExitCode(code)
                .withReason(code == 0 ? "Completed" : "Error")
                .endTerminated()
                .build();
    }

    private void finish(Job job, String how) {
        boolean complete = how.equals("Complete");
        sandboxes.object(Job.class, job.getMetadata().getName()).editStatus(present -> new JobBuilder(present)
                .editOrNewStatus()
                .withStartTime("2026-11-26T10:00:00Z")
                .withCompletionTime(complete ? "2026-11-26T10:00:01Z" : null)
                .withSucceeded(complete ? 1 : 0)
                .addNewCondition()
                .withType(complete ? "SuccessCriteriaMet" : "FailureTarget")
                .withStatus("True")
                .withLastTransitionTime("2026-11-26T10:00:01Z")
                .endCondition()
                .addNewCondition()
                .withType(how)
                .withStatus("True")
                .withLastTransitionTime("2026-11-26T10:00:01Z")
                .endCondition()
                .endStatus()
                .build());
    }
}
