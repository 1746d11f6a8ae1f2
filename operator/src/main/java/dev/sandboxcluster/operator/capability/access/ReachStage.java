package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import dev.sandboxcluster.operator.sandbox.probe.ProbeEventSource;
import dev.sandboxcluster.operator.sandbox.probe.Target;
import dev.sandboxcluster.operator.verdict.Outcome;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Has the published URL dialled with the published kubeconfig, as soon as something runs there. */
public final class ReachStage {

    private static final Set<EndpointFailure> NOT_CONNECTED =
            Set.of(EndpointFailure.ConnectionRefused, EndpointFailure.ConnectTimeout, EndpointFailure.Unreachable);

    private final ProbeEventSource probes;
    private final Supplier<Optional<Instant>> routerSilentSince;

    /**
     * Dials nobody yet.
     *
     * @param probes who dials, beside the reconciler
     * @param routerSilentSince since when the router is not reached; empty: it is, or it is not known
     */
    public ReachStage(ProbeEventSource probes, Supplier<Optional<Instant>> routerSilentSince) {
        this.probes = probes;
        this.routerSilentSince = routerSilentSince;
    }

    /**
     * Waits for nothing: the value is what was last seen; empty: nobody dials.
     *
     * @param persistent whether the objects are on a volume, which may run full
     * @param growingCertificate whether k3s adds the address of each of its pods to the serving certificate, for ever
     * @param quietName the TLS server name by which who dials counts as nobody; empty: the users'
     * @param resting whether it is left alone, for its processes are stopped
     * @param url the published one
     */
    public Outcome<Optional<Observation>> run(
            Round round,
            Access access,
            boolean persistent,
            boolean growingCertificate,
            Optional<String> quietName,
            boolean resting,
            Optional<String> url) {
        return EndpointCheck.check(
                round.situation(),
                resting,
                routerSilentSince.get(),
                url,
                resting
                        ? Optional.of(probes.rest(round.id()))
                        : observe(round, access, persistent, growingCertificate, quietName));
    }

    /** At an address that all sandboxes share, what is in the way concerns them all. */
    private static Observation throughRouter(Observation seen) {
        return seen instanceof Observation.Failing failing && NOT_CONNECTED.contains(failing.kind())
                ? new Observation.Failing(
                        EndpointFailure.RouterUnavailable, "the router isn't reached: " + failing.message())
                : seen;
    }

    private Optional<Observation> observe(
            Round round, Access access, boolean persistent, boolean growingCertificate, Optional<String> quietName) {
        Optional<ContainerStatus> running = round.situation()
                .container()
                .filter(container -> container.getState().getRunning() != null);
        if (running.isEmpty() || access.published().isEmpty()) {
            probes.forget(round.id());
            return Optional.empty();
        }
        SandboxAccess users = access.published().get();
        Observation seen = probes.observe(
                round.id(),
                new Target(
                        quietName.map(name -> users.at(users.server(), name)).orElse(users),
                        persistent,
                        growingCertificate,
                        access.administrators()
                                .map(givers -> quietName.map(givers::by).orElse(givers)),
                        running.get().getContainerID()));
        return Optional.of(quietName.isPresent() ? throughRouter(seen) : seen);
    }
}
