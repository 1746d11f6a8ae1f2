package dev.sandboxcluster.operator.capability.bootstrap.charts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.BootstrapChart;
import dev.sandboxcluster.api.v1alpha1.KeySource;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.bootstrap.plan.ChartRun;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChartCheckTest {

    private static final KeySource SOURCE = new KeySource("web", "web.tgz");
    private static final ChartJob WEB = new ChartJob(
            new BootstrapChart("web", "preview", SOURCE, null, null, null, null, null), new ChartRun(1, "0123456789"));
    private static final ChartJob SECRET = new ChartJob(
            new BootstrapChart("web", null, null, SOURCE, null, null, null, null), new ChartRun(0, "0123456789"));
    private static final Job RUNNING = new JobBuilder().withNewSpec().endSpec().build();
    private static final Job FAILED = new JobBuilder(RUNNING)
            .withNewStatus()
            .addNewCondition()
            .withType("Failed")
            .withStatus("True")
            .endCondition()
            .endStatus()
            .build();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {running: {}}                                                             | BootstrapApplying    | Helm installs it
            {waiting: {reason: ContainerCreating}}                                    | BootstrapApplying    | Helm installs it
            {waiting: {reason: ImagePullBackOff, message: back-off}}                  | ImagePullFailed      | bootstrap.helmImage names it: back-off
            {waiting: {reason: CreateContainerConfigError, message: no such key}}     | ContainerStartFailed | no such key
            {terminated: {exitCode: 1, message: "Error: no\\ntemplate"}}               | BootstrapChartFailed | Helm says: Error: no template. It is tried again
            {terminated: {exitCode: 2}}                                               | BootstrapChartFailed | Helm ended with exit code 2.
            {terminated: {exitCode: 137, reason: OOMKilled}}                          | BootstrapChartFailed | Helm used up its memory limit
            """)
    void whatThePodSays(String state, String reason, String message) {
        Verdict verdict = check(WEB, RUNNING, Optional.of(pod(state)), List.of(), Optional.empty());

        assertThat(verdict.reason()).isEqualTo(reason);
        assertThat(verdict.message())
                .startsWith("charts[1], release preview/web: ")
                .contains(message);
    }

    /** Nobody but the user of a Secret may read what is said about it. */
    @Test
    void whatHelmSaysOfASecretIsNotRepeated() {
        assertThat(check(
                                SECRET,
                                RUNNING,
                                Optional.of(pod("{terminated: {exitCode: 1, message: hunter2}}")),
                                List.of(),
                                Optional.empty())
                        .message())
                .contains("log of pod demo-1")
                .doesNotContain("hunter2");
    }

    @Test
    void aPodThatThereIsNotMayBeRefused() {
        Event quota = new EventBuilder()
                .withReason("FailedCreate")
                .withMessage("exceeded quota")
                .withLastTimestamp("2026-11-26T10:00:00Z")
                .build();

        assertThat(check(WEB, RUNNING, Optional.empty(), List.of(quota), Optional.empty()))
                .extracting(Verdict::reason)
                .isEqualTo(Reason.POD_REJECTED);
        assertThat(check(WEB, RUNNING, Optional.empty(), List.of(), Optional.empty())
                        .reason())
                .isEqualTo(Reason.BOOTSTRAP_APPLYING);
    }

    /** The pods of a Job that took too long are gone. */
    @Test
    void whatWasFoundLastIsSaidOfAJobThatFailed() {
        Verdict pull = Verdict.fails(Reason.IMAGE_PULL_FAILED, "charts[1], release preview/web: cannot pull");
        Verdict other = Verdict.fails(Reason.BOOTSTRAP_REFUSED, "manifests[0]: no");

        assertThat(check(WEB, FAILED, Optional.empty(), List.of(), Optional.of(pull)))
                .isEqualTo(pull);
        assertThat(check(WEB, FAILED, Optional.empty(), List.of(), Optional.of(other))
                        .message())
                .contains("after 5 minutes");
    }

    private static Verdict check(
            ChartJob of, Job job, Optional<Pod> pod, List<Event> warnings, Optional<Verdict> before) {
        return ChartCheck.check(of, job, pod, warnings, before);
    }

    private static Pod pod(String state) {
        Pod pod = Serialization.unmarshal("""
                apiVersion: v1
                kind: Pod
                metadata: {name: demo-1}
                """, Pod.class);
        pod.setStatus(Serialization.unmarshal("""
                containerStatuses:
                - name: helm
                  image: example.com/helm:4
                  state: %s
                """.formatted(state), PodStatus.class));
        return pod;
    }
}
