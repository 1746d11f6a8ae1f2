package dev.sandboxcluster.operator.router;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** How many of something each key has, up to a limit; what has none is forgotten. */
final class Counted<K> {

    private final ConcurrentMap<K, Integer> counts = new ConcurrentHashMap<>();
    private final int most;

    Counted(int most) {
        this.most = most;
    }

    /** Counts one more, unless there are as many as may be. */
    boolean take(K key) {
        boolean[] taken = new boolean[1];
        counts.compute(key, (any, count) -> {
            int before = count == null ? 0 : count;
            taken[0] = before < most;
            return taken[0] ? Integer.valueOf(before + 1) : count;
        });
        return taken[0];
    }

    void giveBack(K key) {
        counts.computeIfPresent(key, (any, count) -> count == 1 ? null : count - 1);
    }

    int of(K key) {
        return counts.getOrDefault(key, 0);
    }
}
