package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.api.v1alpha1.HostedWorkersStatus;
import dev.sandboxcluster.api.v1alpha1.SimulatedWorkersStatus;
import dev.sandboxcluster.operator.capability.access.Access;
import dev.sandboxcluster.operator.capability.classes.Classed;
import dev.sandboxcluster.operator.capability.doze.Slept;
import dev.sandboxcluster.operator.capability.exposure.Exposed;
import dev.sandboxcluster.operator.capability.keys.Keys;
import dev.sandboxcluster.operator.capability.lifetime.Life;
import dev.sandboxcluster.operator.capability.renewal.Renewal;
import dev.sandboxcluster.operator.capability.storage.Stored;
import dev.sandboxcluster.operator.capability.workers.external.Joined;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.verdict.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the stages of one reconciliation came to.
 *
 * @param classed what it is by its class
 * @param life when it ends, and whether it is stopped
 * @param slept whether it sleeps, and when it was used last
 * @param needed what a control plane is started with, in the order in which it is to be mended, and whether it was
 * @param dialled what was seen at the published URL; empty: nobody dials
 * @param renewal when k3s's own certificates end
 * @param pod how the pod does
 * @param authentication whether the API server uses what the spec wants
 * @param contents how volume and objects do
 * @param outputs whether what other tools read is written
 * @param bootstrap whether what the spec wants in the sandbox was applied there
 * @param watched when to look again whether it hangs
 * @param workers empty: nobody joins, and nobody did before
 * @param simulated empty: no workers are simulated, and none were before
 * @param hosted empty: no pods of the host cluster are nodes, and none were before
 */
record Results(
        Outcome<Classed> classed,
        Outcome<Life> life,
        Outcome<Slept> slept,
        List<Outcome<?>> needed,
        Keys keys,
        Exposed exposed,
        Stored stored,
        Outcome<Access> access,
        Outcome<Optional<Observation>> dialled,
        Outcome<Renewal> renewal,
        Outcome<Void> pod,
        Outcome<Void> authentication,
        Outcome<Stored> contents,
        Outcome<Void> outputs,
        Outcome<Void> bootstrap,
        Outcome<Void> watched,
        Optional<Outcome<Joined>> workers,
        Optional<Outcome<SimulatedWorkersStatus>> simulated,
        Optional<Outcome<HostedWorkersStatus>> hosted) {

    /** All outcomes: what one reports, or wants to look at again, is heard. */
    Stream<Outcome<?>> all() {
        return Stream.of(
                        needed.stream(),
                        Stream.of(
                                classed,
                                life,
                                slept,
                                access,
                                dialled,
                                renewal,
                                pod,
                                authentication,
                                contents,
                                outputs,
                                bootstrap,
                                watched),
                        workers.stream(),
                        simulated.stream(),
                        hosted.stream())
                .flatMap(outcomes -> outcomes);
    }

    /** Whether something is in the way that is not watched: what the host cluster refused, or what is another's. */
    boolean isBarred() {
        return keys.flaw().isPresent()
                || needed.stream().anyMatch(outcome -> outcome.problem().isPresent());
    }

    /** Whether a later look may find out more though nothing happens. */
    boolean isUnclear() {
        return all().anyMatch(Outcome::unclear);
    }

    /** The version that the sandbox's API server reports; empty: the operator does not reach it. */
    Optional<String> version() {
        return dialled.value().flatMap(Observation::available);
    }
}
