package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.host.HostObjects;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.Written;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Jobs;
import dev.sandboxcluster.operator.verdict.Conditions;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Has a node pull and start a new image before a control plane that runs is replaced by one of it. */
public final class ImageTrialStage {

    private ImageTrialStage() {}

    /**
     * Why the control plane is not to be started anew yet; empty: nothing keeps it from that. No request unless it runs
     * and another image is wanted.
     *
     * @param next what this operator makes
     * @param origin what it is made from
     */
    public static Optional<Verdict> run(
            Round round, ControlPlaneSettings settings, StatefulSet next, PodOrigin origin) {
        PodTemplateSpec template = next.getSpec().getTemplate();
        Optional<ImageTrialCheck> check = settings.made()
                .filter(made -> !made.isFrom(origin))
                .flatMap(made -> ImageTrialCheck.of(round.situation(), made, PodRecord.of(origin, template)));
        Optional<Job> wanted = check.map(any -> ImageTrialJob.desired(round.sandbox(), template, node(round)));
        endAllBut(wanted, round.host());
        return check.flatMap(images -> attempt(images, wanted.orElseThrow(), round));
    }

    /** Ends what is being tried: there is to be no control plane. No request unless something is. */
    public static void end(Round round) {
        endAllBut(Optional.empty(), round.host());
    }

    private static Optional<Verdict> attempt(ImageTrialCheck images, Job wanted, Round round) {
        HostObjects host = round.host();
        Written<Job> job = host.cached(Job.class, wanted.getMetadata().getName())
                .filter(host::owns)
                .map(present -> new Written<>(Optional.of(present), Optional.empty()))
                .orElseGet(() -> begin(wanted, round));
        if (job.object().isEmpty()) {
            return job.problem().map(images::failed);
        }
        Job present = job.object().get();
        Optional<Pod> pod = host.allOwnedBy(present, Pod.class)
                .max(Comparator.comparing(tried -> tried.getMetadata().getCreationTimestamp()));
        return Jobs.hasDone(present, K3s.CONTAINER, pod)
                ? Optional.empty()
                : Optional.of(images.check(
                        present,
                        pod,
                        round.warningsAbout(
                                List.of(pod.<HasMetadata>map(tried -> tried).orElse(present))),
                        Conditions.previous(round.previous().conditions(), ConditionType.UpToDate)
                                .map(Conditions::verdict)));
    }

    /** Its pod is shut off before it is there. */
    private static Written<Job> begin(Job wanted, Round round) {
        Optional<Verdict> problem = round.host()
                .tryApply(ImageTrialNetworkPolicy.desired(round.sandbox()))
                .problem();
        return problem.isPresent()
                ? new Written<>(Optional.empty(), problem)
                : round.host().tryApply(wanted);
    }

    private static void endAllBut(Optional<Job> wanted, HostObjects host) {
        host.allOwned(Job.class)
                .filter(job -> Jobs.isFor(Labels.IMAGE_TRIAL, job) && !Jobs.isEnded(job))
                .filter(job -> wanted.filter(it -> it.getMetadata()
                                .getName()
                                .equals(job.getMetadata().getName()))
                        .isEmpty())
                .toList()
                .forEach(job -> host.patch(job, Jobs.END));
    }

    private static Optional<String> node(Round round) {
        return round.pod().map(pod -> pod.getSpec().getNodeName());
    }
}
