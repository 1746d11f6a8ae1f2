package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.credentials.Redaction;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Containers;
import dev.sandboxcluster.operator.objects.Jobs;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a control plane that runs is to be replaced by one of another image; pure.
 *
 * @param running the image of the control plane that runs
 * @param wanted the other one
 */
record ImageTrialCheck(String running, String wanted) {

    private static final Set<String> ON_THE_WAY = Set.of(
            Reason.POD_PENDING, Reason.CONTAINER_CREATING, Reason.STARTING, Reason.AVAILABLE, Reason.POD_TERMINATING);

    /** It ends again and again. */
    private static final int RESTARTS = 2;

    /**
     * The check, if there is something to lose: a control plane that runs, with another image than it is to be started
     * with. A wish for a restart is one for a restart now.
     *
     * @param made what the pod that is there was made from
     * @param next what it is to be made from
     */
    static Optional<ImageTrialCheck> of(Situation situation, PodRecord made, PodRecord next) {
        return Optional.of(new ImageTrialCheck(made.image(), next.image()))
                .filter(images -> !images.running.equals(images.wanted))
                .filter(images -> made.restart().equals(next.restart()))
                .filter(images -> situation
                        .pod()
                        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                        .flatMap(pod -> Containers.named(K3s.CONTAINER, pod.getSpec()))
                        .map(Container::getImage)
                        .filter(image -> !image.equals(images.wanted))
                        .isPresent())
                .filter(images ->
                        situation.container().filter(ImageTrialCheck::isOfUse).isPresent());
    }

    private static boolean isOfUse(ContainerStatus k3s) {
        return k3s.getState().getRunning() != null
                && (Boolean.TRUE.equals(k3s.getReady()) || k3s.getRestartCount() < RESTARTS);
    }

    /**
     * Why the control plane is not replaced yet.
     *
     * @param pod the latest of the Job
     * @param warnings the host cluster's warning events about either, in any order
     * @param before what was said last
     */
    Verdict check(Job job, Optional<Pod> pod, List<Event> warnings, Optional<Verdict> before) {
        if (Jobs.isEnded(job)) {
            return beingTried();
        }
        Optional<ContainerStateTerminated> exit = pod.flatMap(present -> Jobs.exit(K3s.CONTAINER, present));
        if (exit.isPresent()) {
            return failed(Verdict.fails(
                    Reason.CONTAINER_START_FAILED,
                    "k3s --version ended with exit code " + exit.get().getExitCode() + " in it: "
                            + Optional.ofNullable(exit.get().getMessage())
                                    .map(Redaction::redact)
                                    .orElse(exit.get().getReason())));
        }
        if (pod.isEmpty() && Jobs.is(job, "Failed")) {
            return before.filter(said -> said.message().startsWith(begin()))
                    .filter(said -> !said.reason().equals(Reason.IMAGE_BEING_TRIED))
                    .orElseGet(() -> failed(Verdict.fails(
                            Reason.CONTAINER_START_FAILED,
                            "No node had done so after " + ImageTrialJob.TRIED / 60 + " minutes")));
        }
        Verdict found = ControlPlaneCheck.verdict(pod, warnings, false);
        return ON_THE_WAY.contains(found.reason()) ? beingTried() : failed(found);
    }

    /** The same where not even the Job can be written. */
    Verdict failed(Verdict found) {
        return Verdict.fails(
                found.reason(),
                begin() + " " + found.message()
                        + ". It is tried again by itself, at once after another change of the spec");
    }

    private Verdict beingTried() {
        return Verdict.fails(Reason.IMAGE_BEING_TRIED, begin());
    }

    private String begin() {
        return "The control plane goes on with " + running + " until a node has pulled and started " + wanted + ".";
    }
}
