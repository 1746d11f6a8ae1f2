package dev.sandboxcluster.operator.capability.doze;

import dev.sandboxcluster.api.v1alpha1.Expose;
import dev.sandboxcluster.api.v1alpha1.Lifetime;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.Storage;
import dev.sandboxcluster.operator.capability.doze.plan.Order;
import dev.sandboxcluster.operator.objects.SpecDuration;
import dev.sandboxcluster.operator.pod.Contribution;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is wanted of a sandbox that nobody uses, with every default filled in; pure.
 *
 * @param dozeAfter after how long without a connection its processes are stopped; empty: never
 * @param suspendAfter after how long without a connection its pod is; empty: never
 * @param deleteAfter after how long without a connection it is deleted; empty: never
 * @param routed whether its connections come by the router, which alone knows of them
 * @param permitted whether the operator may stop a control plane's processes
 * @param workers whether machines may join, which need it at all times
 * @param persistent whether its objects outlive its pod
 */
public record DozeSettings(
        Optional<Duration> dozeAfter,
        Optional<Duration> suspendAfter,
        Optional<Duration> deleteAfter,
        boolean routed,
        boolean permitted,
        boolean workers,
        boolean persistent) {

    /** Nothing. */
    static final DozeSettings NEVER =
            new DozeSettings(Optional.empty(), Optional.empty(), Optional.empty(), false, false, false, false);

    /**
     * What the spec says.
     *
     * @param permitted whether the operator may stop a control plane's processes
     * @param workers whether machines may join
     */
    public static DozeSettings of(SandboxClusterSpec spec, boolean permitted, boolean workers) {
        Optional<Lifetime> lifetime = Optional.ofNullable(spec.lifetime());
        return new DozeSettings(
                lifetime.map(Lifetime::dozeAfter).flatMap(DozeSettings::wanted),
                lifetime.map(Lifetime::suspendAfterIdle).flatMap(DozeSettings::wanted),
                lifetime.map(Lifetime::deleteAfterIdle).flatMap(DozeSettings::wanted),
                Optional.ofNullable(spec.expose()).map(Expose::type).orElse(Expose.Type.ClusterIP)
                        == Expose.Type.Router,
                permitted,
                workers,
                Optional.ofNullable(spec.storage()).map(Storage::type).orElse(Storage.Type.Ephemeral)
                        == Storage.Type.Persistent);
    }

    private static Optional<Duration> wanted(String duration) {
        return Optional.of(SpecDuration.parse(duration)).filter(time -> !time.isZero());
    }

    /** What the pod needs for it: a kubelet that does not take a stopped control plane for a broken one, and can end it. */
    public Contribution contribution() {
        return routed && permitted ? Contribution.NONE.stoppable(Order.CONTINUE.command()) : Contribution.NONE;
    }

    /** How often the router is to say that somebody is connected: twice in what counts as idle, and at least a minute's precision. */
    int reportSeconds() {
        return Stream.of(dozeAfter, suspendAfter, deleteAfter)
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder())
                .map(shortest -> (int) Math.min(shortest.toSeconds() / 2, Sleep.A_MINUTE))
                .map(seconds -> Math.max(seconds, 1))
                .orElse(Sleep.A_MINUTE);
    }
}
