package dev.sandboxcluster.operator.capability.workers.external.policy;

import dev.sandboxcluster.api.v1alpha1.DenyReason;
import dev.sandboxcluster.api.v1alpha1.NodeReason;
import dev.sandboxcluster.operator.objects.Times;
import dev.sandboxcluster.operator.verdict.Wording;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a node does, for the status. The reason is that of the first finding in this order, and the message tells all of
 * them:
 *
 * <ol>
 *   <li>{@code NotLookedAfter}: what is said may be wrong soon
 *   <li>{@code DrainTimedOut}: somebody must act
 *   <li>{@code Draining}: what follows is about to end
 *   <li>{@code NodeNotReady}: no pod runs there
 *   <li>{@code NodeWithoutGroup}: it has none of the labels and taints by which pods are kept on or off it
 *   <li>{@code TunnelLost} or {@code KubeletUnreachable}: pods run, without logs and exec
 *   <li>{@code VersionSkew}: pods run, in a combination that Kubernetes doesn't support
 *   <li>{@code NodeReady}
 * </ol>
 *
 * Nothing in it changes while the node does not, so that an idle cluster's status is not written.
 *
 * @param ready as the Node's condition says
 * @param version the kubelet's, such as {@code v1.33.5+k3s1}; empty if it has not said
 * @param lastSeen when the kubelet was last heard of, in whole minutes; only of a node that is not ready
 * @param reason one of {@link NodeReason}
 * @param message what is wrong and what to do, for a person
 */
public record NodeVerdict(
        String name,
        Optional<String> group,
        boolean ready,
        String version,
        Optional<Instant> lastSeen,
        String reason,
        String message) {

    /** How the API server reaches kubelets. */
    public enum Reach {
        /** Through the connections that k3s agents hold open. */
        TUNNEL,
        /** By dialling port 10250 of the node. */
        DIRECT
    }

    /**
     * The removal of a node's pods, under way.
     *
     * @param since when it began
     * @param timeout how long it may take
     * @param podsLeft {@code namespace/name} of the pods that are still there
     */
    public record Drain(Instant since, Duration timeout, List<String> podsLeft) {

        Instant end() {
            return since.plus(timeout);
        }
    }

    /**
     * What is known about a node.
     *
     * @param leaseRenewed when the kubelet last renewed the node's Lease, if there is one
     * @param kubeletReachable whether the API server reaches the kubelet; empty: nobody has tried
     * @param group that the operator put it in
     * @param drain if it is being removed
     */
    public record Observed(
            Node node,
            Optional<Instant> leaseRenewed,
            Optional<Boolean> kubeletReachable,
            Optional<String> group,
            Optional<Drain> drain) {}

    private record Finding(String reason, String message) {}

    private static final Pattern VERSION = Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4})(?:\\D.*)?");
    private static final int MINORS_BEHIND = 3;
    private static final int PODS_NAMED = 3;
    private static final int MESSAGE_LIMIT = 300;
    private static final int VERSION_LIMIT = 63;

    /**
     * The verdict.
     *
     * @param apiServerVersion such as {@code v1.33.5+k3s1}
     */
    public static NodeVerdict of(Observed seen, Reach reach, String apiServerVersion, Instant now) {
        Node node = seen.node();
        Optional<NodeCondition> condition = NodeFacts.readyCondition(node);
        boolean ready = NodeFacts.isReady(node);
        String version = version(node);
        List<Finding> findings = Stream.of(
                        seen.drain().map(drain -> draining(drain, now)),
                        ready ? Optional.<Finding>empty() : Optional.of(notReady(condition)),
                        withoutGroup(seen.group()),
                        ready ? unreachable(seen.kubeletReachable(), reach) : Optional.<Finding>empty(),
                        versionSkew(version, apiServerVersion))
                .flatMap(Optional::stream)
                .toList();
        return new NodeVerdict(
                node.getMetadata().getName(),
                seen.group(),
                ready,
                version,
                ready ? Optional.empty() : lastSeen(seen.leaseRenewed(), condition),
                findings.isEmpty() ? NodeReason.READY : findings.get(0).reason(),
                findings.isEmpty()
                        ? "The node can be used"
                        : findings.stream().map(Finding::message).collect(Collectors.joining(". ")));
    }

    /** The same of a node that is one too many for its group. */
    public NodeVerdict tooMany() {
        String full =
                "The group " + group.orElse("") + " has more nodes than its maxNodes; this one came last and takes no"
                        + " pods. Remove it, or raise maxNodes and uncordon it";
        return new NodeVerdict(name, group, ready, version, lastSeen, DenyReason.GROUP_FULL, full);
    }

    /** The same of a node that the operator can't look after. */
    public NodeVerdict notLookedAfter(String why) {
        return new NodeVerdict(
                name,
                group,
                ready,
                version,
                lastSeen,
                NodeReason.NOT_LOOKED_AFTER,
                "The operator can't look after it; a webhook or policy of the cluster may be the cause: " + why);
    }

    private static Finding draining(Drain drain, Instant now) {
        String pods = pods(drain.podsLeft());
        return now.isBefore(drain.end())
                ? new Finding(
                        NodeReason.DRAINING,
                        "Its pods are being evicted since " + drain.since() + ", until " + drain.end()
                                + " at the latest; left: " + pods)
                : new Finding(
                        NodeReason.DRAIN_TIMED_OUT,
                        "Not all of its pods could be evicted by " + drain.end() + "; left: " + pods
                                + ". A PodDisruptionBudget may hold them, or the machine may be off: change the one,"
                                + " or delete the pods or the Node");
    }

    private static String pods(List<String> left) {
        if (left.isEmpty()) {
            return "none";
        }
        String named = left.stream().sorted().limit(PODS_NAMED).collect(Collectors.joining(", "));
        return left.size() <= PODS_NAMED ? named : named + " and " + (left.size() - PODS_NAMED) + " more";
    }

    private static Finding notReady(Optional<NodeCondition> condition) {
        if (condition.isEmpty()) {
            return new Finding(NodeReason.NOT_READY, "The kubelet has registered and not yet reported");
        }
        String detail = Optional.ofNullable(condition.get().getMessage()).orElse("");
        if ("Unknown".equals(condition.get().getStatus())) {
            return new Finding(
                    NodeReason.NOT_READY,
                    "The kubelet stopped reporting before "
                            + condition.get().getLastTransitionTime()
                            + ": the machine is off, cannot reach the endpoint, or its kubelet or k3s agent does not"
                            + " run. If it is gone for good, delete the Node");
        }
        if (Wording.NO_POD_NETWORK.isSaidIn(detail)) {
            return new Finding(
                    NodeReason.NOT_READY,
                    "The network plugin is not ready; with network.flannelBackend: none, and on plain kubelets, it"
                            + " must be installed: " + shorten(detail));
        }
        return new Finding(NodeReason.NOT_READY, "The kubelet is not ready: " + shorten(detail));
    }

    private static Optional<Finding> withoutGroup(Optional<String> group) {
        return group.isPresent()
                ? Optional.empty()
                : Optional.of(new Finding(
                        NodeReason.WITHOUT_GROUP,
                        "The node showed no valid proof of a group's token when it joined, so it has no group's labels"
                                + " and taints. Delete the Node, and join with the script from the group's Secret"));
    }

    private static Optional<Finding> unreachable(Optional<Boolean> reachable, Reach reach) {
        if (reachable.orElse(true)) {
            return Optional.empty();
        }
        return Optional.of(
                reach == Reach.TUNNEL
                        ? new Finding(
                                NodeReason.TUNNEL_LOST,
                                "Pods run, but logs, exec and port-forward fail: the k3s agent has no tunnel to the"
                                        + " API server. It dials again by itself; if this lasts, restart the agent")
                        : new Finding(
                                NodeReason.KUBELET_UNREACHABLE,
                                "Pods run, but logs, exec and port-forward fail: the API server cannot reach port"
                                        + " 10250 of the node, or the kubelet has no serving certificate. Open the port"
                                        + " to the sandbox, and see kubectl get csr"));
    }

    private static Optional<Finding> versionSkew(String kubelet, String apiServer) {
        Matcher node = VERSION.matcher(kubelet);
        Matcher server = VERSION.matcher(apiServer);
        if (!node.matches() || !server.matches()) {
            return Optional.empty();
        }
        int majors = Integer.parseInt(server.group(1)) - Integer.parseInt(node.group(1));
        int minors = Integer.parseInt(server.group(2)) - Integer.parseInt(node.group(2));
        if (majors < 0 || majors == 0 && minors < 0) {
            return Optional.of(new Finding(
                    NodeReason.VERSION_SKEW,
                    "Its kubelet " + kubelet + " is newer than the API server " + apiServer
                            + ", which Kubernetes does not support; upgrade the cluster, or install the API server's"
                            + " version on the machine"));
        }
        return majors == 0 && minors <= MINORS_BEHIND
                ? Optional.empty()
                : Optional.of(new Finding(
                        NodeReason.VERSION_SKEW,
                        "Its kubelet " + kubelet + " is more than " + MINORS_BEHIND
                                + " minor versions older than the API server " + apiServer
                                + ", which Kubernetes does not support; upgrade the machine"));
    }

    private static Optional<Instant> lastSeen(Optional<Instant> leaseRenewed, Optional<NodeCondition> condition) {
        return leaseRenewed
                .or(() -> condition.map(NodeCondition::getLastHeartbeatTime).flatMap(Times::of))
                .map(seen -> seen.truncatedTo(ChronoUnit.MINUTES));
    }

    private static String version(Node node) {
        return Optional.ofNullable(node.getStatus())
                .map(status -> status.getNodeInfo())
                .map(info -> info.getKubeletVersion())
                .map(version -> version.substring(0, Math.min(version.length(), VERSION_LIMIT)))
                .orElse("");
    }

    private static String shorten(String text) {
        return text.length() <= MESSAGE_LIMIT ? text : text.substring(0, MESSAGE_LIMIT) + "…";
    }
}
