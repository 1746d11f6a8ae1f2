package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.host.Errands;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.Written;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Jobs;
import dev.sandboxcluster.operator.verdict.Conditions;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
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
        endAllBut(wanted, round);
        return check.flatMap(images -> attempt(images, wanted.orElseThrow(), round));
    }

    /** Ends what is being tried: there is to be no control plane. No request unless something is. */
    public static void end(Round round) {
        endAllBut(Optional.empty(), round);
    }

    private static Optional<Verdict> attempt(ImageTrialCheck images, Job wanted, Round round) {
        Errands errands = errands(round);
        Written<Job> job = errands.begin(wanted, ImageTrialNetworkPolicy.desired(round.sandbox()));
        if (job.object().isEmpty()) {
            return job.problem().map(images::failed);
        }
        Job present = job.object().get();
        if (errands.hasDone(present)) {
            return Optional.empty();
        }
        Optional<Pod> pod = errands.pod(present);
        return Optional.of(images.check(
                present,
                pod,
                errands.warnings(present, pod),
                Conditions.previous(round.previous().conditions(), ConditionType.UpToDate)
                        .map(Conditions::verdict)));
    }

    private static void endAllBut(Optional<Job> wanted, Round round) {
        errands(round).endAllBut(job -> Jobs.isThat(wanted, job));
    }

    private static Errands errands(Round round) {
        return new Errands(round, Labels.IMAGE_TRIAL, K3s.CONTAINER);
    }

    private static Optional<String> node(Round round) {
        return round.pod().map(pod -> pod.getSpec().getNodeName());
    }
}
