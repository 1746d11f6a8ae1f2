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
import dev.sandboxcluster.operator.host.HostObjects;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.Written;
import dev.sandboxcluster.operator.objects.Jobs;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import dev.sandboxcluster.operator.verdict.Conditions;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
            endAllBut(Optional.empty(), round.host());
            return Outcome.of(null);
        }
        Optional<SandboxAccess> operator = access.operator(round.sandbox())
                .filter(any -> dialled.flatMap(Observation::available).isPresent());
        Set<String> installed = installed(round.host());
        Optional<BootstrapReport> report =
                operator.map(reached -> sessions.observe(round.id(), plan(round, settings.get(), reached, installed)));
        Optional<Verdict> chart = report.filter(BootstrapReport::looked)
                .flatMap(looked -> install(round, settings.get(), access, looked, installed, controlPlane));
        return BootstrapCheck.check(round.situation(), report, chart).unclear(chart.isPresent());
    }

    /** Ends what installs charts: there is to be no control plane. No request unless something does. */
    public static void end(Round round) {
        endAllBut(Optional.empty(), round.host());
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
        endAllBut(wanted, round.host());
        return wanted.map(job -> attempt(round, settings, next.orElseThrow(), job));
    }

    private static Verdict attempt(Round round, BootstrapSettings settings, ChartJob chart, Job wanted) {
        HostObjects host = round.host();
        Written<Job> job = host.cached(Job.class, wanted.getMetadata().getName())
                .filter(host::owns)
                .map(present -> new Written<>(Optional.of(present), Optional.empty()))
                .orElseGet(() -> begin(round, settings, wanted));
        if (job.object().isEmpty()) {
            return ChartCheck.failed(chart, job.problem().orElseThrow());
        }
        Job present = job.object().get();
        Optional<Pod> pod = pod(host, present);
        return ChartCheck.check(
                chart,
                present,
                pod,
                round.warningsAbout(List.of(pod.<HasMetadata>map(it -> it).orElse(present))),
                Conditions.previous(round.previous().conditions(), ConditionType.Bootstrapped)
                        .map(Conditions::verdict));
    }

    /** Its pod is shut off before it is there. */
    private static Written<Job> begin(Round round, BootstrapSettings settings, Job wanted) {
        Optional<Verdict> problem = round.host()
                .tryApply(ChartNetworkPolicy.desired(round.sandbox(), settings.charts()))
                .problem();
        return problem.isPresent()
                ? new Written<>(Optional.empty(), problem)
                : round.host().tryApply(wanted);
    }

    private static Set<String> installed(HostObjects host) {
        return jobs(host).filter(job -> hasDone(host, job)).map(ChartJob::id).collect(Collectors.toSet());
    }

    private static boolean hasDone(HostObjects host, Job job) {
        return Jobs.hasDone(job, ChartJob.CONTAINER, pod(host, job));
    }

    private static Optional<Pod> pod(HostObjects host, Job job) {
        return host.allOwnedBy(job, Pod.class)
                .max(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()));
    }

    private static void endAllBut(Optional<Job> wanted, HostObjects host) {
        jobs(host)
                .filter(job -> !Jobs.isEnded(job) && !hasDone(host, job))
                .filter(job -> wanted.filter(it -> it.getMetadata()
                                .getName()
                                .equals(job.getMetadata().getName()))
                        .isEmpty())
                .toList()
                .forEach(job -> host.patch(job, Jobs.END));
    }

    private static Stream<Job> jobs(HostObjects host) {
        return host.allOwned(Job.class).filter(job -> Jobs.isFor(Labels.CHART, job));
    }
}
