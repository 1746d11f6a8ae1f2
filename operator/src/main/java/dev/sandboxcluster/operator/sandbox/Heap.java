package dev.sandboxcluster.operator.sandbox;

/**
 * Whether a control plane's Go heap has room, as its garbage collector sees it.
 *
 * @param crowded whether the collector runs all the time, because a collection frees next to nothing below the limit. Go
 *     then spends up to half of all CPU time on it, and more of idle CPUs, whether anybody uses the API or not
 * @param live what is in use, in MiB; 0 where there is room
 * @param limit what the whole process may take ({@code GOMEMLIMIT}), in MiB; 0 where there is room
 */
public record Heap(boolean crowded, long live, long limit) {

    /** A heap with room. */
    public static final Heap ROOMY = new Heap(false, 0, 0);

    private static final int MIB = 1024 * 1024;

    /** The collector looks again before the heap has grown by a twentieth. */
    private static final int LEAST_ROOM = 20;

    /**
     * From what Go's package {@code runtime/metrics} reports, in bytes.
     *
     * @param live {@code /gc/heap/live}: what was in use when the collector last looked
     * @param goal {@code /gc/heap/goal}: the size of the heap at which it looks again
     * @param limit {@code /gc/gomemlimit}
     */
    public static Heap of(long live, long goal, long limit) {
        return goal - live < live / LEAST_ROOM ? new Heap(true, live / MIB, limit / MIB) : ROOMY;
    }
}
