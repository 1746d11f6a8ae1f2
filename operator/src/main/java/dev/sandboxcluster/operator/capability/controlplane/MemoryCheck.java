package dev.sandboxcluster.operator.capability.controlplane;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.sandbox.Heap;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.Optional;

/** Whether the control plane has the memory that its content needs; pure. */
final class MemoryCheck {

    /** In which the suggested limit is rounded up, in MiB. */
    private static final long STEP = 256;

    private MemoryCheck() {}

    /**
     * The verdict, if it is a bad one.
     *
     * @param observation what the operator last saw when it dialled
     * @param lastKnown the verdict for the same start of the same control plane: it holds until the operator, after a
     *     restart of its own, has looked again
     */
    static Optional<Verdict> check(Optional<Observation> observation, Optional<Verdict> lastKnown) {
        Optional<Heap> heap = observation.flatMap(
                seen -> seen instanceof Observation.Available usable ? usable.heap() : Optional.empty());
        return heap.isEmpty() ? lastKnown : heap.filter(Heap::crowded).map(MemoryCheck::crowded);
    }

    private static Verdict crowded(Heap heap) {
        return Verdict.fails(
                Reason.HEAP_FULL,
                "The cluster's objects take " + heap.live() + " MiB of the " + heap.limit()
                        + " MiB of memory that the control plane may use (GOMEMLIMIT): it collects garbage without end,"
                        + " which costs the CPU time of a core or more and slows every request. Set"
                        + " controlPlane.resources.limits.memory to " + enough(heap.live())
                        + "Mi or more, which costs a new pod, or delete what isn't needed,"
                        + " CustomResourceDefinitions first");
    }

    /** A container's limit that leaves as much room again as is live. */
    private static long enough(long live) {
        return (live * 2 / STEP + 1) * STEP;
    }
}
