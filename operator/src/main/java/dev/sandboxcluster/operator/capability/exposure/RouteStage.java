package dev.sandboxcluster.operator.capability.exposure;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.operator.capability.doze.Sleep;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.verdict.Outcome;
import java.util.Optional;

/** Tells the router where the sandbox is. */
public final class RouteStage {

    private RouteStage() {}

    /**
     * One request at most; none where the operator has no router.
     *
     * @param reached whether the operator, as its users, gets what it asks for
     * @param routed whether there is a router, and so its routes
     */
    public static Outcome<Void> run(
            Round round, ExposureSettings settings, Exposed exposed, Sleep sleep, boolean reached, boolean routed) {
        if (!routed) {
            return Outcome.written(Optional.empty());
        }
        Optional<SandboxClusterRoute> present =
                round.host().cached(SandboxClusterRoute.class, round.sandbox().name());
        SandboxClusterRouteSpec spec = settings.type()
                .route(
                        exposed.addresses(),
                        round.pod(),
                        reached || serves(round.situation()) || served(round.situation(), present),
                        sleep)
                .orElse(SandboxClusterRouteSpec.EMPTY);
        if (present.isEmpty() && spec.state() == State.Stopped) {
            return Outcome.written(Optional.empty());
        }
        return Outcome.written(
                round.host().tryApply(Route.desired(round.sandbox(), spec)).problem());
    }

    /** Also where the operator itself has no way there. */
    private static boolean serves(Situation situation) {
        return situation
                .container()
                .filter(container -> Boolean.TRUE.equals(container.getStarted()))
                .isPresent();
    }

    /** A kubelet that was started anew says of none that it has started, until it has asked it. */
    private static boolean served(Situation situation, Optional<SandboxClusterRoute> route) {
        return situation.startedAt().isPresent()
                && situation
                        .startedAt()
                        .equals(Optional.ofNullable(situation.previous().startedAt()))
                && route.map(present -> present.getSpec().state())
                        .filter(state -> state == State.Awake || state == State.Dozing)
                        .isPresent();
    }

    /** What the router said of those who use it; empty: nothing. */
    public static Optional<SandboxClusterRoute> seen(Round round, boolean routed) {
        return Optional.of(round)
                .filter(any -> routed)
                .flatMap(any -> any.host()
                        .cached(SandboxClusterRoute.class, any.sandbox().name()))
                .filter(round.host()::owns);
    }
}
