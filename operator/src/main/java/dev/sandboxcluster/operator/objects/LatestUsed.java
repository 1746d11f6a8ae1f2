package dev.sandboxcluster.operator.objects;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Remembers some values: of many, those that were asked for last. For several threads at once. */
public final class LatestUsed<K, V> {

    private final Map<K, V> values;

    /** @param most how many to remember */
    public LatestUsed(int most) {
        values = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    public synchronized Optional<V> get(K key) {
        return Optional.ofNullable(values.get(key));
    }

    public synchronized void put(K key, V value) {
        values.put(key, value);
    }
}
