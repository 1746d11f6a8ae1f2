package dev.sandboxcluster.operator.capability.bootstrap.charts;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.credentials.Redaction;
import dev.sandboxcluster.operator.objects.Containers;
import dev.sandboxcluster.operator.objects.Jobs;
import dev.sandboxcluster.operator.objects.Warnings;
import dev.sandboxcluster.operator.verdict.Line;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What keeps a chart from being installed, or that nothing does; pure. */
public final class ChartCheck {

    /** Of Helm's last words. */
    private static final int MOST = 1000;

    /** Those with which a pod is created anyway, and goes on by itself. */
    private static final Set<String> ON_THE_WAY = Set.of("", "ContainerCreating", "PodInitializing");

    private static final String AGAIN =
            ". It is tried again every few minutes, and at once when the chart, its values or the spec change";

    private ChartCheck() {}

    /**
     * The verdict on one that isn't installed.
     *
     * @param of what the Job installs
     * @param pod the latest of the Job
     * @param warnings the host cluster's warning events about either, in any order
     * @param before what was said last
     */
    public static Verdict check(
            ChartJob of, Job job, Optional<Pod> pod, List<Event> warnings, Optional<Verdict> before) {
        String title = title(of);
        Optional<ContainerStateTerminated> exit = pod.flatMap(present -> Jobs.exit(ChartJob.CONTAINER, present));
        if (exit.isPresent()) {
            return Verdict.fails(Reason.BOOTSTRAP_CHART_FAILED, title + words(of, exit.get(), pod.get()) + AGAIN);
        }
        if (Jobs.is(job, "Failed")) {
            return before.filter(said -> said.message().startsWith(title))
                    .filter(said -> !said.reason().equals(Reason.BOOTSTRAP_APPLYING))
                    .orElseGet(() -> Verdict.fails(
                            Reason.BOOTSTRAP_CHART_FAILED,
                            title + "Helm had not ended after " + ChartJob.TIME / 60 + " minutes" + AGAIN));
        }
        Verdict now = pod.map(present -> ofPod(title, present, warnings)).orElseGet(() -> withoutPod(title, warnings));
        return isRepeated(job) && now.reason().equals(Reason.BOOTSTRAP_APPLYING)
                ? before.filter(said -> said.message().startsWith(title)).orElse(now)
                : now;
    }

    /** One of its pods has failed: what that one said holds until the next one has ended. */
    private static boolean isRepeated(Job job) {
        return Optional.ofNullable(job.getStatus())
                .map(JobStatus::getFailed)
                .filter(failed -> failed > 0)
                .isPresent();
    }

    /** The same where not even the Job can be written. */
    public static Verdict failed(ChartJob of, Verdict found) {
        return Verdict.fails(found.reason(), title(of) + found.message());
    }

    private static String title(ChartJob of) {
        return "charts[" + of.run().index() + "], release " + of.chart().releaseNamespace() + "/"
                + of.chart().name() + ": ";
    }

    private static String words(ChartJob of, ContainerStateTerminated exit, Pod pod) {
        if ("OOMKilled".equals(exit.getReason())) {
            return "Helm used up its memory limit";
        }
        if (of.isSecret()) {
            return "Helm ended with exit code " + exit.getExitCode()
                    + "; what it said may quote the Secret, so it isn't repeated, but stands in the log of pod "
                    + pod.getMetadata().getName();
        }
        String said = Optional.ofNullable(exit.getMessage())
                .map(Redaction::redact)
                .map(text -> Line.of(text, MOST))
                .orElse("");
        return said.isEmpty() ? "Helm ended with exit code " + exit.getExitCode() : "Helm says: " + said;
    }

    private static Verdict withoutPod(String title, List<Event> warnings) {
        return Warnings.latest(warnings, "FailedCreate")
                .map(refusal -> Verdict.fails(
                        Reason.POD_REJECTED,
                        title + "The host cluster refuses the pod that installs it: " + Line.of(refusal, MOST)))
                .orElseGet(() -> installing(title));
    }

    private static Verdict ofPod(String title, Pod pod, List<Event> warnings) {
        Optional<PodCondition> unschedulable = pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("PodScheduled")
                        && "False".equals(condition.getStatus())
                        && "Unschedulable".equals(condition.getReason()))
                .findFirst();
        if (unschedulable.isPresent()) {
            return Verdict.fails(
                    Reason.UNSCHEDULABLE,
                    title + "No node can take the pod that installs it: "
                            + unschedulable.get().getMessage());
        }
        Optional<ContainerStatus> helm = Containers.status(ChartJob.CONTAINER, pod);
        Optional<ContainerStateWaiting> waiting =
                helm.map(ContainerStatus::getState).map(ContainerState::getWaiting);
        String reason = waiting.map(ContainerStateWaiting::getReason).orElse("");
        if (Set.of("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName")
                .contains(reason)) {
            return Verdict.fails(
                    Reason.IMAGE_PULL_FAILED,
                    title + "The node cannot pull " + helm.get().getImage()
                            + "; the operator's chart value bootstrap.helmImage names it: "
                            + Line.of(
                                    waiting.get().getMessage() == null
                                            ? reason
                                            : waiting.get().getMessage(),
                                    MOST));
        }
        if (!ON_THE_WAY.contains(reason)) {
            return Verdict.fails(
                    Reason.CONTAINER_START_FAILED,
                    title + "The node cannot start Helm: " + reason + " "
                            + Line.of(
                                    Optional.ofNullable(waiting.get().getMessage())
                                            .orElse(""),
                                    MOST));
        }
        return Warnings.latest(warnings, "FailedMount", "FailedCreatePodSandBox")
                .filter(any -> helm.map(ContainerStatus::getState)
                        .map(ContainerState::getRunning)
                        .isEmpty())
                .map(warning -> Verdict.fails(
                        Reason.CONTAINER_START_FAILED,
                        title + "The node cannot start the pod that installs it: " + Line.of(warning, MOST)))
                .orElseGet(() -> installing(title));
    }

    private static Verdict installing(String title) {
        return Verdict.fails(Reason.BOOTSTRAP_APPLYING, title + "Helm installs it");
    }
}
