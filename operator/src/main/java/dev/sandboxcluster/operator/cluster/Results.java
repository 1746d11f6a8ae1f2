package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.operator.capability.access.Access;
import dev.sandboxcluster.operator.capability.exposure.Exposed;
import dev.sandboxcluster.operator.capability.keys.Keys;
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
 * @param prepared whether there is all that a control plane's pod needs besides keys, address and volume
 * @param joinable whether there is an address at which machines can join, where they may
 * @param started whether the StatefulSet is as it should be
 * @param dialled what was seen at the published URL; empty: nobody dials
 * @param pod how the pod does
 * @param contents how volume and objects do
 * @param workers empty: no machine may join, and none could before
 */
record Results(
        Outcome<Keys> keys,
        Outcome<Exposed> exposed,
        List<Outcome<Void>> prepared,
        Outcome<Stored> stored,
        Outcome<Void> joinable,
        Outcome<Void> started,
        Outcome<Access> access,
        Outcome<Optional<Observation>> dialled,
        Outcome<Void> pod,
        Outcome<Stored> contents,
        Optional<Outcome<Joined>> workers) {

    /** All of them: what one reports, or wants to look at again, is heard. */
    Stream<Outcome<?>> all() {
        return Stream.concat(
                Stream.concat(prepared.stream(), workers.stream()),
                Stream.of(keys, exposed, stored, joinable, started, access, dialled, pod, contents));
    }

    /** The version that the sandbox's API server reports; empty: the operator does not reach it. */
    Optional<String> version() {
        return dialled.value().flatMap(Observation::available);
    }
}
