package dev.sandboxcluster.operator.capability.workers.hosted;

import dev.sandboxcluster.api.v1alpha1.HostedWorkers;
import dev.sandboxcluster.operator.capability.workers.external.plan.HostedNodes;
import dev.sandboxcluster.operator.objects.Containers;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How many pods there are to be, which of their nodes are to go first, and which are to join anew; pure. */
public final class HostedScale {

    /** From the start of a pod's container to its Node, at the longest: its image is there by then. */
    private static final Duration UNTIL_JOINED = Duration.ofSeconds(90);

    /** A pod hears of a changed ConfigMap within its kubelet's sync period. */
    private static final Duration UNTIL_REJOINED = Duration.ofMinutes(4);

    /** After the time to drain them: a sandbox that keeps its nodes, or doesn't say which it has, doesn't keep pods. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    private HostedScale() {}

    /**
     * How many pods there are to be now.
     *
     * @param tooManySince since when they are more than wanted; empty: they aren't
     */
    public record Step(int replicas, Optional<Instant> tooManySince) {

        /** That to as many as are wanted. */
        public static Step to(int wanted) {
            return new Step(wanted, Optional.empty());
        }

        /** When nodes have had their time; empty: none is to go. */
        static Optional<Instant> until(Optional<Instant> tooManySince, Duration drainTimeout) {
            return tooManySince.map(since -> since.plus(drainTimeout).plus(GRACE));
        }
    }

    /**
     * The names of nodes that are too many, whether or not there is a pod: one that was suspended has Nodes of all that it
     * had, and one that joins as its pod ends has one that nobody waited for.
     */
    static Set<String> leaving(int wanted) {
        return IntStream.range(wanted, HostedWorkers.MOST)
                .mapToObj(HostedNodes::name)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * How many pods there are to be now: those whose nodes are drained stay until the nodes are gone, or have had their time.
     *
     * @param present how many there are to be so far
     * @param nodes names of those that there are; empty: not known
     * @param before since when they have been more than wanted; empty: they weren't
     */
    static Step step(
            int wanted,
            int present,
            Optional<Set<String>> nodes,
            Optional<Instant> before,
            Duration drainTimeout,
            Instant now) {
        if (wanted >= present) {
            return Step.to(wanted);
        }
        Optional<Instant> since = before.or(() -> Optional.of(now.truncatedTo(ChronoUnit.SECONDS)));
        boolean late = Step.until(since, drainTimeout)
                .filter(end -> !now.isBefore(end))
                .isPresent();
        int replicas = late
                ? wanted
                : nodes.map(there -> IntStream.range(wanted, present)
                                .filter(ordinal -> there.contains(HostedNodes.name(ordinal)))
                                .map(last -> last + 1)
                                .max()
                                .orElse(wanted))
                        .orElse(present);
        return new Step(replicas, since.filter(any -> replicas > wanted));
    }

    /**
     * Which nodes are to join anew, and since when: those that somebody deleted while their pods run on, which an agent
     * doesn't notice.
     *
     * @param nodes names of those that there are
     * @param before what was asked for already
     */
    static Map<String, Instant> rejoin(
            List<String> wanted, Set<String> nodes, List<Pod> pods, Map<String, Instant> before, Instant now) {
        Map<String, Instant> rejoin = new TreeMap<>();
        for (String node : wanted) {
            Optional<Instant> asked = Optional.ofNullable(before.get(node));
            boolean lost = !nodes.contains(node)
                    && pods.stream()
                            .filter(pod -> node.equals(nodeOf(pod)))
                            .flatMap(pod -> runningSince(pod).stream())
                            .anyMatch(since -> since.plus(UNTIL_JOINED).isBefore(now))
                    && asked.filter(at -> at.plus(UNTIL_REJOINED).isAfter(now)).isEmpty();
            (lost ? Optional.of(now.truncatedTo(ChronoUnit.SECONDS)) : asked)
                    .ifPresent(since -> rejoin.put(node, since));
        }
        return rejoin;
    }

    /** The name of the node that a pod is. */
    static String nodeOf(Pod pod) {
        String name = pod.getMetadata().getName();
        String ordinal = name.substring(name.lastIndexOf('-') + 1);
        return HostedNodes.name(Integer.parseInt(ordinal));
    }

    private static Optional<Instant> runningSince(Pod pod) {
        return Containers.status(HostedStatefulSet.CONTAINER, pod)
                .map(ContainerStatus::getState)
                .map(ContainerState::getRunning)
                .map(ContainerStateRunning::getStartedAt)
                .map(Instant::parse);
    }
}
