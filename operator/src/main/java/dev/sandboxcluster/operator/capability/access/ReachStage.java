package dev.sandboxcluster.operator.capability.access;

import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.sandbox.probe.ProbeEventSource;
import dev.sandboxcluster.operator.sandbox.probe.Target;
import dev.sandboxcluster.operator.verdict.Outcome;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.util.Optional;

/** Has the published URL dialled with the published kubeconfig, as soon as something runs there. */
public final class ReachStage {

    private final ProbeEventSource probes;

    /** @param probes who dials, beside the reconciler */
    public ReachStage(ProbeEventSource probes) {
        this.probes = probes;
    }

    /**
     * Waits for nothing: the value is what was last seen; empty: nobody dials.
     *
     * @param persistent whether the objects are on a volume, which may run full
     * @param growingCertificate whether k3s adds the address of each of its pods to the serving certificate, for ever
     * @param url the published one
     */
    public Outcome<Optional<Observation>> run(
            Round round, Access access, boolean persistent, boolean growingCertificate, Optional<String> url) {
        return EndpointCheck.check(round.situation(), url, observe(round, access, persistent, growingCertificate));
    }

    private Optional<Observation> observe(Round round, Access access, boolean persistent, boolean growingCertificate) {
        Optional<ContainerStatus> running = round.situation()
                .container()
                .filter(container -> container.getState().getRunning() != null);
        if (running.isEmpty() || access.published().isEmpty()) {
            probes.forget(round.id());
            return Optional.empty();
        }
        return Optional.of(probes.observe(
                round.id(),
                new Target(
                        access.published().get(),
                        persistent,
                        growingCertificate,
                        access.administrators(),
                        running.get().getContainerID())));
    }
}
