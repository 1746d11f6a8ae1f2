package dev.sandboxcluster.operator.capability.bootstrap;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.capability.access.Access;
import dev.sandboxcluster.operator.capability.bootstrap.charts.ChartCheck;
import dev.sandboxcluster.operator.capability.bootstrap.charts.ChartJob;
import dev.sandboxcluster.operator.capability.bootstrap.charts.ChartNetworkPolicy;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapPlan;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport;
import dev.sandboxcluster.operator.capability.bootstrap.session.BootstrapEventSource;
import dev.sandboxcluster.operator.host.Errands;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.Written;
import dev.sandboxcluster.operator.objects.Jobs;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import dev.sandboxcluster.operator.verdict.Conditions;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Hands what is to be in a sandbox to those who apply it there, has charts installed one after the other, and says whether
 * it is there.
 */
public final class BootstrapStage {

    private final BootstrapEventSource sessions;

    /** @param sessions who applies it, beside the reconciler */
    public BootstrapStage(BootstrapEventSource sessions) {
        this.sessions = sessions;
    }

    /**
     * Waits for nothing, and asks nobody unless a chart is to be installed.
     *
     * @param settings empty: nothing is to be there
     * @param dialled what was seen at the published URL; empty: nobody dials
     * @param controlPlane the control plane's pod as it is to be
     */
    public Outcome<Void> run(
            Round round,
            Optional<BootstrapSettings> settings,
            Access access,
            Optional<Observation> dialled,
            PodTemplateSpec controlPlane) {
        if (settings.isEmpty()) {
            sessions.forget(round.id());
            endAllBut(Optional.empty(), round);
            return Outcome.of(null);
        }
        Optional<SandboxAccess> operator = access.operator(round.sandbox())
                .filter(any -> dialled.flatMap(Observation::available).isPresent());
        Set<String> installed = installed(round);
        Optional<BootstrapReport> report =
                operator.map(reached -> sessions.observe(round.id(), plan(round, settings.get(), reached, installed)));
        Optional<Verdict> chart = report.filter(BootstrapReport::looked)
                .flatMap(looked -> install(round, settings.get(), access, looked, installed, controlPlane));
        return BootstrapCheck.check(round.situation(), report, chart).unclear(chart.isPresent());
    }

    /** Ends what installs charts: there is to be no control plane. No request unless something does. */
    public static void end(Round round) {
        endAllBut(Optional.empty(), round);
    }

    private static BootstrapPlan plan(
            Round round, BootstrapSettings settings, SandboxAccess access, Set<String> installed) {
        String life = round.situation()
                .container()
                .map(ContainerStatus::getContainerID)
                .orElse("");
        return new BootstrapPlan(
                access,
                new BootstrapPlan.Wish(round.sandbox(), life, settings.manifests(), settings.charts()),
                installed);
    }

    /** What is to be said of the chart that is to be installed now; empty: none is. */
    private static Optional<Verdict> install(
            Round round,
            BootstrapSettings settings,
            Access access,
            BootstrapReport report,
            Set<String> installed,
            PodTemplateSpec controlPlane) {
        Optional<ChartJob> next = report.chart()
                .filter(run -> !installed.contains(run.id()))
                .filter(run -> run.index() < settings.charts().size())
                .map(run -> new ChartJob(settings.charts().get(run.index()), run));
        Optional<Secret> kubeconfig = access.kubeconfig();
        Optional<Job> wanted = next.flatMap(chart -> kubeconfig.map(secret -> chart.desired(
                round.sandbox(), controlPlane, secret.getMetadata().getName(), settings.helmImage())));
        endAllBut(wanted, round);
        return wanted.map(job -> attempt(round, settings, next.orElseThrow(), job));
    }

    private static Verdict attempt(Round round, BootstrapSettings settings, ChartJob chart, Job wanted) {
        Errands errands = errands(round);
        Written<Job> job = errands.begin(wanted, ChartNetworkPolicy.desired(round.sandbox(), settings.charts()));
        if (job.object().isEmpty()) {
            return ChartCheck.failed(chart, job.problem().orElseThrow());
        }
        Job present = job.object().get();
        Optional<Pod> pod = errands.pod(present);
        return ChartCheck.check(
                chart,
                present,
                pod,
                errands.warnings(present, pod),
                Conditions.previous(round.previous().conditions(), ConditionType.Bootstrapped)
                        .map(Conditions::verdict));
    }

    private static Set<String> installed(Round round) {
        Errands errands = errands(round);
        return errands.all().filter(errands::hasDone).map(ChartJob::id).collect(Collectors.toSet());
    }

    private static void endAllBut(Optional<Job> wanted, Round round) {
        Errands errands = errands(round);
        errands.endAllBut(job -> Jobs.isThat(wanted, job) || errands.hasDone(job));
    }

    private static Errands errands(Round round) {
        return new Errands(round, Labels.CHART, ChartJob.CONTAINER);
    }
}
