package dev.sandboxcluster.operator.host;

import dev.sandboxcluster.operator.objects.Jobs;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The Jobs of one kind that do something for a sandbox beside its control plane.
 *
 * @param label by which their pods are known
 * @param container of their pods that does it
 */
public record Errands(Round round, String label, String container) {

    /**
     * The Job of that name, written if it isn't there.
     *
     * @param policy which shuts off its pod before that is there
     */
    public Written<Job> begin(Job wanted, NetworkPolicy policy) {
        HostObjects host = round.host();
        return host.cached(Job.class, wanted.getMetadata().getName())
                .filter(host::owns)
                .map(present -> new Written<>(Optional.of(present), Optional.empty()))
                .orElseGet(() -> {
                    Optional<Verdict> problem = host.tryApply(policy).problem();
                    return problem.isPresent() ? new Written<>(Optional.empty(), problem) : host.tryApply(wanted);
                });
    }

    /** The latest pod of a Job; no request. */
    public Optional<Pod> pod(Job job) {
        return round.host().allOwnedBy(job, Pod.class).max(Comparator.comparing(pod -> pod.getMetadata()
                .getCreationTimestamp()));
    }

    /** The host cluster's warning events about the pod, or about the Job if it has none; one request. */
    public List<Event> warnings(Job job, Optional<Pod> pod) {
        return round.warningsAbout(List.of(pod.<HasMetadata>map(it -> it).orElse(job)));
    }

    /** Whether a Job did what it is for; no request. */
    public boolean hasDone(Job job) {
        return Jobs.hasDone(job, container, pod(job));
    }

    /** All that the sandbox has; no request. */
    public Stream<Job> all() {
        return round.host().allOwned(Job.class).filter(job -> Jobs.isFor(label, job));
    }

    /** Has the host cluster end and delete those that nobody needs any more; a request for each. */
    public void endAllBut(Predicate<Job> needed) {
        all().filter(job -> !Jobs.isEnded(job) && !needed.test(job)).toList().forEach(job -> round.host()
                .patch(job, Jobs.END));
    }
}
