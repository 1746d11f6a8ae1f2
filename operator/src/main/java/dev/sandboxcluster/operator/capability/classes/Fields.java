package dev.sandboxcluster.operator.capability.classes;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The fields of an object of the API by name, as JSON has them: for what is the same for many of them; pure. */
record Fields(Map<String, Object> values) {

    /** Those of an object; null: none. */
    @SuppressWarnings("unchecked")
    static Fields of(Object object) {
        return new Fields(object == null ? Map.of() : Serialization.unmarshal(Serialization.asJson(object), Map.class));
    }

    /** The object that has them. */
    <T> T as(Class<T> type) {
        return Serialization.unmarshal(Serialization.asJson(values), type);
    }

    /** The fields of a field. */
    @SuppressWarnings("unchecked")
    Fields at(String name) {
        return new Fields((Map<String, Object>) values.getOrDefault(name, Map.of()));
    }

    /** A field of a field, and so on: {@code controlPlane.nodeSelector}. */
    Optional<Object> get(String path) {
        int dot = path.indexOf('.');
        return dot < 0
                ? Optional.ofNullable(values.get(path))
                : at(path.substring(0, dot)).get(path.substring(dot + 1));
    }

    /** The same with one field set; what is empty is left out. */
    Fields with(String name, Fields field) {
        Map<String, Object> all = new TreeMap<>(values);
        all.remove(name);
        if (!field.values.isEmpty()) {
            all.put(name, field.values);
        }
        return new Fields(all);
    }

    /** The same without some fields. */
    Fields without(Set<String> names) {
        Map<String, Object> all = new TreeMap<>(values);
        all.keySet().removeAll(names);
        return new Fields(all);
    }

    /** The same with one field as others have it, or without it, as they are. */
    Fields like(Fields others, String name) {
        Map<String, Object> all = new TreeMap<>(values);
        all.remove(name);
        others.get(name).ifPresent(value -> all.put(name, value));
        return new Fields(all);
    }

    /** The same with what others have, where these have nothing. */
    Fields or(Fields others) {
        Map<String, Object> all = new TreeMap<>(others.values);
        all.putAll(values);
        return new Fields(all);
    }
}
